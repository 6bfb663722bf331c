"""Fills a database with thin calls at a constant rate a day, so that more of them are a longer history."""

from datetime import timedelta
from typing import Any

from django.core.management import call_command
from django.db import connection, transaction
from django.db.models import Max, Min
from django.utils import timezone

from recordings_site.accounts import audit
from recordings_site.accounts.models import AuditEvent, Team
from recordings_site.calls.models import Call, CallbackDelivery, Decision
from recordings_site.destinations.models import Destination
from recordings_site.policies.models import Application, PhoneNumber, Policy
from recordings_site.recordings.models import Origin, RecordingJob
from tests import factories
from tests.bench.lists_load import fill

# A million is seventeen months.
PER_DAY = 2_000
NUMBERS = 200
# One row of the audit trail for so many calls.
PER_EVENT = 5
FACTS = {
    "reason": "otherwise_records",
    "record": True,
    "policy_name": "Bench",
    "version_number": 1,
    "values": {"has_rules": False},
}


def prepare() -> None:
    """Make what calls belong to."""
    call_command("migrate", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)
    if Team.objects.exists():
        return
    application, team, scoped = factories.application(), factories.team(), factories.team(name="Scoped")
    for index in range(NUMBERS):
        factories.number(application=application, team=scoped if index < 3 else team)
    factories.user(teams=[scoped], email="scoped@example.com")
    factories.admin(email="admin@example.com")
    factories.destination(name="Bench")
    Policy.objects.create(name="Bench")
    # It counts back from this time, which must not move between two sizes.
    Policy.objects.update(created_at=timezone.now())


def grow_to(count: int) -> None:
    """Add older calls, each with recording, decision, callback and finished tasks, until there are so many."""
    known = Call.objects.count()
    if known >= count:
        return
    numbers = f"generate_series({known}::bigint, {count - 1}) AS s(i)"
    end = Policy.objects.get().created_at.timestamp()
    at = f"to_timestamp({end} - i * {86400 / PER_DAY})"
    first = PhoneNumber.objects.aggregate(first=Min("pk"))["first"]
    number = f"{first} + i * 7919 % {NUMBERS}"
    fill(Call, numbers, *_call(at, number))
    since = f"(SELECT * FROM calls_call WHERE call_id >= 'call-' AND substr(call_id, 6)::bigint >= {known}) AS c"
    fill(RecordingJob, since, *_recording())
    decided = {"call_id": "id", "outcome": "'record'", "decided_at": "started_at"}
    fill(Decision, since, decided, Decision(reason="otherwise_records", facts=FACTS))
    arrived = {"call_id": "id", "reported_call_id": "call_id", "received_at": "started_at", "applied_at": "started_at"}
    arrived["signature_digest"] = "decode(md5(call_id) || md5(id::text), 'hex')"
    fill(
        CallbackDelivery,
        since,
        arrived,
        CallbackDelivery(application=Application.objects.get(), event="ice", body=b"{}"),
    )
    _add_tasks(since)
    _add_events((count - known) // PER_EVENT)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def _call(at: str, number: str) -> tuple[dict[str, str], Call]:
    varied = {
        "number_id": number,
        "started_at": at,
        "ice_received_at": at,
        "answered_at": at,
        "dice_received_at": at,
        "call_id": "'call-' || i",
        "caller": "'+467' || (10000000 + i)",
        "caller_digits": "'467' || (10000000 + i)",
    }
    same: dict[str, Any] = {"called": "+46733000002", "called_type": "did", "dice_result": "ANSWERED", "duration": 60.0}
    return varied, Call(application=Application.objects.get(), direction="inbound", **same)


def _recording() -> tuple[dict[str, str], RecordingJob]:
    varied = {
        "id": "gen_random_uuid()",
        "call_id": "id",
        "number_id": "number_id",
        "happened_at": "started_at",
        "started_at": "started_at",
        "available_at": "CASE WHEN id % 100 < 97 THEN started_at END",
        "state": "CASE WHEN id % 100 < 97 THEN 'available' ELSE 'finished' END",
        "direction": "direction",
        "caller": "caller",
        "key": "call_id || '.mp3'",
        "duration": "60.0",
    }
    place = Destination.objects.get(name="Bench")
    return varied, RecordingJob(origin=Origin.FLAG, destination=place, locale="en-US", transcription=True)


def _add_tasks(source: str) -> None:
    """A finished task of the last week for each new call: as many as a week of the largest site leaves."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO tasks_task (kind, subject, created_at, next_at, attempts, error, done_at)"
            f" SELECT 'recording.inspect', call_id, now(), now(), 1, '', now() FROM {source}"
        )


def _add_events(count: int) -> None:
    """Rows that continue the audit trail, chained as the site chains them."""
    newest, last = AuditEvent.objects.order_by("-id").values_list("id", "chain").first() or (0, "")
    at, rows = timezone.now() - timedelta(days=400), []
    with transaction.atomic():
        for index in range(count):
            event = AuditEvent(at=at, action="audio.opened", subject_type="recordings.recordingjob", data={"i": index})
            event.pk = newest + 1 + index
            last = event.chain = audit.link(event, last)
            rows.append(event)
            if len(rows) == 5000:
                AuditEvent.objects.bulk_create(rows)
                rows = []
        AuditEvent.objects.bulk_create(rows)


def newest_and_oldest() -> tuple[str, str]:
    """The ids of a call of now and of the oldest one."""
    found = Call.objects.aggregate(newest=Max("started_at"), oldest=Min("started_at"))
    newest = Call.objects.filter(started_at=found["newest"]).values_list("call_id", flat=True)[0]
    return newest, Call.objects.filter(started_at=found["oldest"]).values_list("call_id", flat=True)[0]
