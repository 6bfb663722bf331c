"""The audit trail: what is kept, what cannot be changed, and how tampering shows."""

import io
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import DatabaseError, connection, transaction
from django.db.models import F

from recordings_site.accounts import append_only, audit
from recordings_site.accounts.models import AuditEvent, Team, User

pytestmark = pytest.mark.django_db


def in_order() -> list[AuditEvent]:
    return list(AuditEvent.objects.order_by("id"))


def without_triggers(change: Callable[[], object]) -> None:
    """Do what somebody with full rights on the database could do."""
    with connection.cursor() as cursor:
        for statement in append_only.drop(connection.vendor):
            cursor.execute(statement)
    change()


def test_a_row_says_who_did_what_to_what() -> None:
    person = User.objects.create(email="ann@example.com", name="Ann")
    team = Team.objects.create(name="Support Stockholm")
    event = audit.record(by=person, action="team.created", subject=team, data={"members": 3})
    event.refresh_from_db()
    assert (event.actor_id, event.actor_email) == (person.pk, "ann@example.com")
    assert (event.subject_type, event.subject_id) == ("accounts.team", str(team.pk))
    assert (event.subject_name, event.data) == ("Support Stockholm", {"members": 3})


@pytest.mark.parametrize(
    "change",
    [
        lambda: AuditEvent.objects.update(actor_email="nobody@example.com"),
        lambda: AuditEvent.objects.all().delete(),
        lambda: AuditEvent.objects.all()._raw_delete("default"),
    ],
)
def test_the_database_refuses_to_change_or_delete_a_row(change: Callable[[], object]) -> None:
    audit.record(by=None, action="thing.done")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        change()
    assert AuditEvent.objects.count() == 1


def test_an_untouched_chain_verifies_and_names_its_head() -> None:
    for count in range(5):
        audit.record(by=None, action="thing.done", data={"count": count, "share": count / 3, "big": 1e16})
    verdict = audit.verify(in_order())
    assert verdict == audit.ChainCheck(5, in_order()[-1].chain, ())


def test_a_row_that_was_altered_breaks_the_chain_at_itself() -> None:
    rows = [audit.record(by=None, action="thing.done", data={"count": count}) for count in range(5)]
    without_triggers(lambda: AuditEvent.objects.filter(pk=rows[2].pk).update(data={"count": 99}))
    assert audit.verify(in_order()).broken == (rows[2].pk,)


def test_a_row_that_was_removed_breaks_the_chain_at_the_next() -> None:
    rows = [audit.record(by=None, action="thing.done") for _ in range(5)]
    without_triggers(lambda: AuditEvent.objects.filter(pk=rows[2].pk)._raw_delete("default"))
    assert audit.verify(in_order()).broken == (rows[3].pk,)


def test_who_does_not_know_the_key_cannot_forge_a_row(settings: Any) -> None:
    audit.record(by=None, action="thing.done")
    settings.AUDIT_KEY = "a guess"
    forged = audit.record(by=None, action="thing.done")
    settings.AUDIT_KEY = settings.SECRET_KEY
    assert audit.verify(in_order()).broken == (forged.pk,)


def test_rows_that_all_moved_by_as_much_break_the_chain() -> None:
    for _ in range(3):
        audit.record(by=None, action="thing.done")
    without_triggers(lambda: AuditEvent.objects.update(id=F("id") + 100))
    assert len(audit.verify(in_order()).broken) == 3


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="only SQLite replaces rows")
def test_a_row_is_not_replaced() -> None:
    row = audit.record(by=None, action="thing.done")
    columns = "id, at, actor_email, action, subject_type, subject_id, subject_name, data, address, chain"
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            f"INSERT OR REPLACE INTO accounts_auditevent ({columns}) SELECT id, at, 'forged', action, subject_type,"
            " subject_id, subject_name, data, address, chain FROM accounts_auditevent"
        )
    assert AuditEvent.objects.get().actor_email == row.actor_email


def test_a_new_key_breaks_no_chain_and_the_old_one_signs_no_newer_row(settings: Any) -> None:
    old = settings.AUDIT_KEY
    audit.record(by=None, action="thing.done")
    settings.AUDIT_KEY, settings.AUDIT_KEY_FALLBACKS = "the new key", [old]
    audit.record(by=None, action="thing.done")
    assert audit.verify(in_order()).broken == ()
    settings.AUDIT_KEY = old
    forged = audit.record(by=None, action="thing.done")
    settings.AUDIT_KEY = "the new key"
    assert audit.verify(in_order()).broken == (forged.pk,)


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="only PostgreSQL has roles")
@pytest.mark.parametrize(
    "attack",
    [
        "DELETE FROM accounts_auditevent",
        "UPDATE accounts_auditevent SET actor_email = ''",
        "TRUNCATE accounts_auditevent",
        "DROP TRIGGER audit_no_change ON accounts_auditevent",
        "ALTER TABLE accounts_auditevent DISABLE TRIGGER ALL",
        "DROP FUNCTION audit_append_only() CASCADE",
        "SET session_replication_role = replica",
    ],
)
def test_the_role_of_the_site_adds_rows_and_cannot_undo_what_protects_them(attack: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE ROLE site_of_a_test")
        call_command("grant_site_role", "site_of_a_test")
        cursor.execute("SET LOCAL ROLE site_of_a_test")
        audit.record(by=None, action="thing.done")
        with pytest.raises(DatabaseError), transaction.atomic():
            cursor.execute(attack)
        cursor.execute("RESET ROLE")
    assert AuditEvent.objects.count() == 1


@pytest.mark.parametrize(
    "data",
    [
        {"credentials": "KEY:canary-secret:eu-north-1"},
        {"svaml": {"action": {"recordingOptions": {"credentials": "canary-secret"}}}},
        {"changes": [{"secret": "canary-secret"}]},
    ],
)
def test_a_secret_never_reaches_a_row(data: dict[str, Any]) -> None:
    event = audit.record(by=None, action="thing.done", data=data)
    event.refresh_from_db()
    assert "canary-secret" not in str(event.data)
    assert audit.MASK in str(event.data)


def test_text_that_a_database_cannot_keep_is_kept_without_what_it_cannot() -> None:
    event = audit.record(by=None, action="thing.done", name="a\x00b", data={"said": "\x00\ud800"})
    event.refresh_from_db()
    assert event.subject_name == "a\ufffdb"
    assert audit.verify(in_order()).broken == ()


def test_a_row_goes_with_the_transaction_that_it_tells_of() -> None:
    with transaction.atomic():
        audit.record(by=None, action="thing.done")
        transaction.set_rollback(True)
    assert not AuditEvent.objects.exists()


def test_the_head_of_the_chain_leaves_the_database_through_the_log(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, logger="recordings_site.accounts.audit"):
        event = audit.record(by=None, action="thing.done")
    assert event.chain in caplog.text


@pytest.mark.django_db(transaction=True)
def test_a_test_with_real_transactions_leaves_the_triggers_in_place() -> None:
    audit.record(by=None, action="thing.done")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        AuditEvent.objects.all().delete()


@pytest.mark.django_db(transaction=True)
def test_rows_written_at_the_same_time_still_form_one_chain() -> None:
    def write(thread: int) -> None:
        for count in range(10):
            audit.record(by=None, action="thing.done", data={"thread": thread, "count": count})
        connection.close()

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(write, range(6)))
    assert audit.verify(in_order()) == audit.ChainCheck(60, in_order()[-1].chain, ())


def verified(**options: object) -> str:
    """What the command prints."""
    out = io.StringIO()
    call_command("verify_audit", stdout=out, **options)
    return out.getvalue()


def test_what_was_verified_is_not_walked_again_and_what_is_new_is() -> None:
    for _ in range(3):
        audit.record(by=None, action="thing.done")
    assert verified().startswith("3 rows, unbroken.")
    third = in_order()[2]
    audit.record(by=None, action="thing.done")
    # The note of the first verification, and the new row.
    assert verified(new=True).startswith(f"2 rows since row {third.pk}, unbroken.")
    AuditEvent.objects.bulk_create([AuditEvent(pk=in_order()[-1].pk + 1, action="forged", chain="0" * 64)])
    with pytest.raises(CommandError, match="don’t match the row before"):
        verified(new=True)


def test_the_row_up_to_which_the_trail_was_verified_must_still_be_there() -> None:
    audit.record(by=None, action="thing.done")
    audit.record(by=None, action="thing.done")
    verified()
    without_triggers(lambda: AuditEvent.objects.filter(pk=in_order()[1].pk).update(chain="x"))
    with pytest.raises(CommandError, match="was altered or removed"):
        verified(new=True)
