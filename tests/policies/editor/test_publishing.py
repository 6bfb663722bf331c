"""Policies are drafted, published with a reason, approved, rolled back; each change is in force and in the audit."""

from pathlib import Path

import pytest
from django.db import OperationalError
from pytest_django import Settings

from recordings_site.accounts.models import AuditEvent
from recordings_site.destinations.sealing import Keyring, SealingError
from recordings_site.policies.applications import actions
from recordings_site.policies.editor import publishing
from recordings_site.policies.editor.publishing import NotAllowed
from recordings_site.policies.engine import snapshot
from recordings_site.policies.engine.schema.document import parse
from recordings_site.policies.engine.snapshot_copies import sealed_file as snapshot_file
from recordings_site.policies.models import PhoneNumber, SnapshotRevision
from recordings_site.policies.revision import snapshot_loader
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)
RECORD = parse({"otherwise_record": True, "route": factories.CONNECT})
HANG_UP = parse({"route": {"action": "hangup"}})


def published_numbers() -> list[tuple[str, int | None]]:
    """Names and versions of the policies in force."""
    snapshot.forget()
    return [(policy.name, policy.version_number) for policy in snapshot.current().policies.values()]


def test_nothing_is_in_force_before_it_is_published_with_a_reason() -> None:
    admin = factories.admin()
    policy = publishing.create_policy(by=admin, name="Support", document=RECORD)
    assert published_numbers() == []
    with pytest.raises(NotAllowed, match="Enter a reason"):
        publishing.publish(by=admin, policy=policy, reason=" ")
    version = publishing.publish(by=admin, policy=policy, reason="Law of 2026")
    assert (version.number, version.created_by) == (1, admin)
    assert published_numbers() == [("Support", 1)]
    assert AuditEvent.objects.filter(action="policy.published", actor_email=admin.email).count() == 1


def test_a_change_is_in_force_at_once_in_this_process_and_after_a_look_in_others() -> None:
    policy = publishing.create_policy(by=None, name="Support", document=RECORD)
    publishing.publish(by=None, policy=policy, reason="first")
    before = snapshot.current()
    assert snapshot.current() is before
    publishing.save_draft(by=None, policy=policy, document=HANG_UP)
    assert snapshot.current() is before
    publishing.publish(by=None, policy=policy, reason="second")
    assert snapshot.current().policies[policy.pk].version_number == 2


def test_what_another_process_changed_is_seen_within_a_second_and_not_looked_for_before(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock = [100.0]
    monkeypatch.setattr(snapshot.time, "monotonic", lambda: clock[0])
    number = factories.number(label="Old")
    held = snapshot.current()
    PhoneNumber.objects.filter(pk=number.pk).update(label="New")
    SnapshotRevision.objects.update_or_create(pk=1, defaults={"revision": 77})
    clock[0] += 0.9
    assert snapshot.current() is held
    clock[0] += 0.2
    assert snapshot.current().numbers[number.digits].label == "New"


def test_while_the_database_is_down_the_last_snapshot_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    factories.number(label="Known")
    held = snapshot.current()

    def down(self: object) -> str:
        raise OperationalError

    monkeypatch.setattr(snapshot_loader.FromDatabase, "revision", down)
    snapshot._holder.checked_at = float("-inf")
    with pytest.raises(OperationalError):
        snapshot.current()
    assert snapshot.latest() is held
    # The next look is a second away: the others do not wait for the database, too.
    assert snapshot.current() is held


def test_who_has_a_snapshot_does_not_wait_for_somebody_elses_look() -> None:
    held = snapshot.current()
    with snapshot._holder.lock:
        assert snapshot.current(max_age=0) is held


def test_a_destinations_change_is_seen_too() -> None:
    destination = factories.destination()
    before = snapshot_loader.FromDatabase().revision()
    destination.prefix = "elsewhere/"
    destination.save()
    assert snapshot_loader.FromDatabase().revision() != before


def test_roll_back_publishes_the_old_words_as_a_new_version() -> None:
    policy = publishing.create_policy(by=None, name="Support", document=RECORD)
    first = publishing.publish(by=None, policy=policy, reason="first")
    publishing.save_draft(by=None, policy=policy, document=HANG_UP)
    publishing.publish(by=None, policy=policy, reason="second")
    again = publishing.roll_back(by=None, version=first)
    assert (again.number, again.document) == (3, first.document)
    assert again.reason == "Roll back to version 1"
    assert published_numbers() == [("Support", 3)]


def test_with_approval_a_second_admin_puts_it_in_force(settings: Settings) -> None:
    settings.POLICY_APPROVAL = True
    author, other = factories.admin(), factories.admin()
    policy = publishing.create_policy(by=author, name="Support", document=RECORD)
    version = publishing.publish(by=author, policy=policy, reason="Law of 2026")
    assert published_numbers() == []
    with pytest.raises(NotAllowed, match="Another admin"):
        publishing.approve(by=author, version=version)
    publishing.approve(by=other, version=version)
    assert published_numbers() == [("Support", 1)]
    with pytest.raises(NotAllowed, match="already"):
        publishing.approve(by=other, version=version)


def test_a_policy_in_use_is_not_put_away() -> None:
    number = factories.number(policy=factories.policy())
    policy = number.policy
    assert policy is not None
    with pytest.raises(NotAllowed, match=r"answers 1 number\."):
        publishing.archive_policy(by=None, policy=policy)
    actions.update_number(by=None, number=number, policy=None)
    publishing.archive_policy(by=None, policy=policy)
    assert published_numbers() == []


def test_a_version_that_cannot_be_read_leaves_the_others_in_force() -> None:
    factories.policy({"route": {"action": "teleport"}}, name="Broken")
    factories.policy(name="Whole")
    assert published_numbers() == [("Whole", 1)]


def test_the_sealed_file_holds_routes_and_secrets_but_no_storage_credentials(tmp_path: Path) -> None:
    factories.destination()
    factories.number(policy=factories.policy())
    snapshot.forget()
    path = tmp_path / "snapshot.sealed"
    snapshot_loader.seal_to_file(path)
    held = snapshot.current()
    ring = Keyring.parse("demo:ZGVtby1jcmVkZW50aWFscy1rZXktMzItYnl0ZXMhISE=")
    found = snapshot_file.read(path, ring)
    assert (found.applications, found.numbers, found.policies) == (held.applications, held.numbers, held.policies)
    assert found.destinations == {}
    assert factories.SECRET.encode() not in path.read_bytes()
    assert path.stat().st_mode & 0o077 == 0
    path.write_text(path.read_text()[:-4] + "AAAA")
    with pytest.raises(SealingError):
        snapshot_file.read(path, ring)


def test_secrets_are_sealed_and_both_count_while_one_is_rotated() -> None:
    admin = factories.admin()
    application = actions.create_application(
        by=admin, name="Voice", key="key-1", secret="c2VjcmV0LW9uZQ==", default_route={"action": "hangup"}
    )
    actions.replace_secret(by=admin, application=application, field="second_secret", secret="c2VjcmV0LXR3bw==")
    application.refresh_from_db()
    assert "c2VjcmV0" not in application.secret + application.second_secret
    assert snapshot.current().applications["key-1"].secrets == ("c2VjcmV0LW9uZQ==", "c2VjcmV0LXR3bw==")
    assert "c2VjcmV0" not in repr(snapshot.current())
    assert "c2VjcmV0" not in str(list(AuditEvent.objects.values_list("data", flat=True)))


def test_an_archived_number_is_brought_back_when_it_is_made_again() -> None:
    number = factories.number(label="Old")
    actions.archive_number(by=None, number=number)
    assert number.digits not in snapshot.current().numbers
    again = actions.create_number(
        by=None, digits=number.digits, application=number.application, team=number.team, label="New"
    )
    assert again.pk == number.pk
    assert snapshot.current().numbers[number.digits].label == "New"
