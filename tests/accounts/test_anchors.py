"""The head of the audit trail is kept outside each day, and what was cut off or altered since is noticed."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.core.management import CommandError, call_command

from recordings_site.accounts import anchors, audit
from recordings_site.accounts.models import AuditEvent
from tests import factories
from tests.accounts.test_audit import without_triggers

pytestmark = pytest.mark.django_db
NIGHT = datetime(2026, 3, 2, 1, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def file(settings: Any, tmp_path: Path) -> Path:
    """The file of a test, and somebody to alert."""
    settings.AUDIT_ANCHOR_FILE = str(tmp_path / "anchors" / "heads.jsonl")
    factories.admin(email="boss@example.com")
    for _ in range(3):
        audit.record(by=None, action="thing.done")
    return Path(settings.AUDIT_ANCHOR_FILE)


def test_there_is_one_anchor_a_day_and_each_is_mailed_where_that_is_wished(file: Path, settings: Any) -> None:
    settings.AUDIT_ANCHOR_EMAIL = "auditor@example.org"
    for hours in (0, 1, 5, 24, 25):
        anchors.anchor_if_due(NIGHT + timedelta(hours=hours))
    assert [anchors.parse(line).day for line in file.read_text().splitlines()] == ["2026-03-02", "2026-03-03"]
    newest = AuditEvent.objects.order_by("-id")[0]
    assert anchors.last() == anchors.Anchor("2026-03-03", newest.pk, newest.chain)
    assert [message.to for message in mail.outbox] == [["auditor@example.org"]] * 2


def test_rows_that_were_cut_off_are_noticed_the_next_night_and_the_admins_told_once_a_day(file: Path) -> None:
    anchors.anchor_if_due(NIGHT)
    newest = AuditEvent.objects.order_by("-id")[0]
    without_triggers(lambda: AuditEvent.objects.filter(pk=newest.pk)._raw_delete("default"))
    with pytest.raises(CommandError, match="cut off"):
        call_command("verify_audit")
    anchors.anchor_if_due(NIGHT + DAY)
    anchors.anchor_if_due(NIGHT + DAY + timedelta(hours=1))
    assert [message.to for message in mail.outbox] == [["boss@example.com"]]
    assert "cut off" in str(mail.outbox[0].body)
    assert len(file.read_text().splitlines()) == 1, "a broken trail gets no new anchor"


def test_all_rows_deleted_and_written_anew_are_noticed() -> None:
    anchors.anchor_if_due(NIGHT)
    without_triggers(lambda: AuditEvent.objects.all()._raw_delete("default"))
    for _ in range(5):
        audit.record(by=None, action="thing.else")
    with pytest.raises(anchors.Broken, match="not the one"):
        anchors.verify_since(anchors.last())


def test_a_row_altered_since_the_anchor_is_named() -> None:
    anchors.anchor_if_due(NIGHT)
    row = audit.record(by=None, action="thing.done")
    without_triggers(lambda: AuditEvent.objects.filter(pk=row.pk).update(action="thing.undone"))
    with pytest.raises(anchors.Broken, match=str(row.pk)):
        anchors.verify_since(anchors.last())


@pytest.mark.parametrize("line", ["{", "[]", '{"day": "2026-03-02", "head": "", "id": 0, "signature": "x"}'])
def test_an_anchor_that_the_site_did_not_sign_is_a_break(line: str, file: Path) -> None:
    file.parent.mkdir()
    file.write_text(line)
    anchors.anchor_if_due(NIGHT)
    assert "anchor" in str(mail.outbox[0].body)
