"""Fills a database with recordings and calls for the bench of the lists: made by the database, alike on both."""

from typing import Any

from django.core.management import call_command
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.db.models import Model
from tqdm import tqdm

from recordings_site.accounts.models import Team
from recordings_site.calls.models import Call, Decision
from recordings_site.destinations.models import Destination
from recordings_site.policies.models import Application, PhoneNumber, Policy
from recordings_site.recordings.models import Origin, RecordingJob, Tag
from tests import factories
from tests.bench import corpus


def load(count: int) -> None:
    """Fill an empty database, a table in one transaction with its indexes at the end: interrupted, it begins again."""
    call_command("migrate", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)
    if not Team.objects.exists():
        application, team, scoped = factories.application(), factories.team(), factories.team(name="Scoped")
        for index in range(corpus.NUMBERS):
            factories.number(application=application, team=scoped if index in (40, 41, 42) else team)
        factories.user(teams=[scoped], email="scoped@example.com")
        factories.admin(email="admin@example.com")
        factories.destination(name="Bench")
    if not Policy.objects.exists():
        Policy.objects.create(name="Bench")
        Tag.objects.create(name="refund")
        team = factories.team(name="Quiet")
        for index in range(3):
            factories.number(application=Application.objects.get(), team=team, digits=f"4930000{index}")
        factories.user(teams=[team], email="quiet@example.com")
    for model, make in ((RecordingJob, _recordings), (Call, _calls), (Decision, _decisions)):
        if not model.objects.exists():
            fill(model, *make(count))


def fill(model: type[Model], source: str, varied: dict[str, str], same: Model) -> None:
    """Insert a row for each of `source`: what varies as SQL, all else as this object has it."""
    fixed = [field for field in model._meta.concrete_fields if field.column not in varied and field.attname != "id"]
    values = [field.get_db_prep_save(getattr(same, field.attname), connection) for field in fixed]
    columns = ", ".join(f'"{column}"' for column in (*varied, *(field.column for field in fixed)))
    with transaction.atomic(), connection.cursor() as cursor:
        indexes = _indexes(cursor, model)
        for name in indexes:
            cursor.execute(f"DROP INDEX {name}")
        cursor.execute(
            f"INSERT INTO {model._meta.db_table} ({columns})"
            f" SELECT {', '.join((*varied.values(), *(['%s'] * len(fixed))))} FROM {source}".replace(" % ", " %% "),
            values,
        )
        for definition in tqdm(indexes.values(), unit="index", desc=f"Loading {model._meta.verbose_name_plural}"):
            cursor.execute(definition)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")


def _indexes(cursor: CursorWrapper, model: type[Model]) -> dict[str, str]:
    """The definitions of a table's indexes, but for those that a constraint made."""
    if connection.vendor == "postgresql":
        # Foreign keys are not looked up: there are ten million of them, and all point at what was made above.
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("SET LOCAL maintenance_work_mem = '1GB'")
        cursor.execute(
            "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = %s AND NOT EXISTS"
            " (SELECT 1 FROM pg_constraint WHERE conname = indexname)",
            [model._meta.db_table],
        )
    else:
        cursor.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = %s AND sql IS NOT NULL",
            [model._meta.db_table],
        )
    return dict(cursor.fetchall())


def serial(count: int) -> str:
    """So many rows with their number i."""
    if connection.vendor == "postgresql":
        return f"generate_series(0::bigint, {count - 1}) AS s(i)"
    return f"(WITH RECURSIVE s(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM s LIMIT {count}) SELECT i FROM s)"


def _when_and_where(count: int) -> tuple[str, str]:
    """When a call began, and on which number: those of a busy week, by remainders of primes instead of chance."""
    first = PhoneNumber.objects.order_by("pk").values_list("pk", flat=True)[0]
    start, step = corpus.END.timestamp() - corpus.DAYS * 86400, corpus.DAYS * 86400 / count
    seconds = f"{start} + i * {step}"
    at = f"to_timestamp({seconds})" if connection.vendor == "postgresql" else f"datetime({seconds}, 'unixepoch')"
    return at, f"{first} + ({corpus.NUMBERS} * (i * 7919 % 1009) * (i * 7919 % 1009)) / (1009 * 1009)"


def _recordings(count: int) -> tuple[str, dict[str, str], Model]:
    at, number = _when_and_where(count)
    varied = {
        "id": "gen_random_uuid()" if connection.vendor == "postgresql" else "lower(hex(randomblob(16)))",
        "number_id": number,
        "happened_at": at,
        "started_at": at,
        "available_at": f"CASE WHEN i * 7907 % 100 < 97 THEN {at} END",
        "state": "CASE WHEN i * 7907 % 100 < 97 THEN 'available' ELSE 'finished' END",
        "direction": "CASE WHEN i * 7901 % 10 < 8 THEN 'inbound' ELSE 'outbound' END",
        "caller": "'+467' || (10000000 + i)",
        "key": "i || '.mp3'",
        "duration": "5 + 1200.0 * (i * 7883 % 997) * (i * 7883 % 997) / (997 * 997)",
    }
    place = Destination.objects.get(name="Bench")
    same = RecordingJob(origin=Origin.FLAG, destination=place, locale="en-US", transcription=True)
    return serial(count), varied, same


def _calls(count: int) -> tuple[str, dict[str, str], Model]:
    at, number = _when_and_where(count)
    varied = {
        "number_id": number,
        "started_at": at,
        "ice_received_at": at,
        "answered_at": at,
        "dice_received_at": at,
        "call_id": "'call-' || i",
        "direction": "CASE WHEN i * 7901 % 10 < 8 THEN 'inbound' ELSE 'outbound' END",
        "caller": "'+467' || (10000000 + i)",
        "caller_digits": "'467' || (10000000 + i)",
    }
    same: dict[str, Any] = {"called": "+46733000002", "called_type": "did", "dice_result": "ANSWERED", "duration": 60.0}
    return serial(count), varied, Call(application=Application.objects.get(), **same)


def _decisions(count: int) -> tuple[str, dict[str, str], Model]:
    varied = {"call_id": "id", "outcome": "CASE WHEN id * 7907 % 100 < 97 THEN 'record' ELSE 'do_not_record' END"}
    facts = {"record": True, "policy_name": "Bench", "version_number": 1, "values": {"has_rules": False}}
    same = Decision(reason="otherwise_records", facts={"reason": "otherwise_records", **facts})
    return Call._meta.db_table, varied, same
