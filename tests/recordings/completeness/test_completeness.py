"""Per number and day: which share of the recordings is there and whole, healed by what arrives, alerted when low."""

import csv
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from recordings_site.accounts.models import AuditEvent, Role
from recordings_site.ops.worker.periodic import PERIODIC_TASKS
from recordings_site.policies.models import PhoneNumber
from recordings_site.recordings.completeness import actions
from recordings_site.recordings.completeness.rates import outcome, rate, shown
from recordings_site.recordings.completeness.tasks import mail_below_target
from recordings_site.recordings.models import NumberDay, RecordingJob
from recordings_site.tasks.models import Task
from tests import factories

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)


@pytest.fixture
def number() -> PhoneNumber:
    return factories.number(label="Billing")


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> None:
    settings.COMPLETENESS_TARGET = 99.0
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)


def recordings(number: PhoneNumber, *, days_ago: int = 0, whole: int = 0, **more: int) -> None:
    at = NOW - timedelta(days=days_ago, hours=1)
    made: list[tuple[int, Any, dict[str, Any]]] = [
        (whole, factories.recording, {}),
        (more.get("short", 0), factories.recording, {"is_short": True}),
        (more.get("late", 0), factories.overdue, {}),
        (more.get("missing", 0), factories.overdue, {"overdue_kind": "missing"}),
        (more.get("pending", 0), factories.recording, {"available_at": None}),
        (more.get("void", 0), factories.recording, {"state": "not_recorded", "available_at": None}),
    ]
    place = factories.destination()
    for count, make, facts in made:
        for _ in range(count):
            make(number=number, happened_at=at, destination=place, **facts)


def test_each_outcome_is_counted_once_and_the_rate_leaves_out_what_is_to_come(number: PhoneNumber) -> None:
    recordings(number, whole=6, short=1, late=2, missing=1, pending=3, void=4)
    actions.count_due(NOW)
    row = NumberDay.objects.get(number=number, day=NOW.date())
    assert (row.recorded, row.short, row.late, row.missing, row.elsewhere, row.pending) == (6, 1, 2, 1, 0, 3)
    assert rate({"recorded": 6, "short": 1, "late": 2, "missing": 1, "elsewhere": 0, "pending": 3}) == 60.0
    assert outcome(state="elsewhere", overdue_kind="", is_short=False) == "elsewhere"
    assert [shown(each) for each in (100.0, 99.96, 60.0)] == ["100%", "99.9%", "60%"]


def test_what_arrives_late_heals_the_day_and_nothing_is_counted_twice(number: PhoneNumber) -> None:
    recordings(number, days_ago=3, missing=1)
    assert actions.count_due(NOW) == actions.HISTORY
    assert actions.count_due(NOW) == 0
    RecordingJob.objects.update(
        overdue_since=None, overdue_kind="", overdue_code="", overdue_values={}, state="available", available_at=NOW
    )
    assert actions.count_due(NOW + timedelta(minutes=6)) == 2
    assert NumberDay.objects.get(number=number).missing == 1
    actions.count_due(NOW + timedelta(hours=1))
    row = NumberDay.objects.get(number=number)
    assert (row.recorded, row.missing) == (1, 0)


def test_a_number_below_the_target_is_an_alert_once_a_day(number: PhoneNumber) -> None:
    admin = factories.admin()
    fine = factories.number(label="Fine")
    recordings(number, whole=1, missing=1)
    recordings(fine, whole=2)
    recordings(number, days_ago=10, missing=1)
    for minutes in (0, 6, 12):
        actions.count_due(NOW + timedelta(minutes=minutes))
    (alert,) = AuditEvent.objects.filter(action=actions.BELOW_TARGET)
    assert (alert.subject_id, alert.data["rate"], alert.data["missing"]) == (str(number.pk), 50.0, 1)
    (task,) = Task.objects.filter(kind="alert.below_target")
    mail_below_target(task)
    (letter,) = mail.outbox
    assert letter.to == [admin.email]
    assert "50% of recordings were complete" in letter.body
    assert f"?number={number.pk}" in letter.body
    # Healed before the mail goes out: nothing to write about.
    NumberDay.objects.filter(number=number).update(missing=0)
    mail_below_target(task)
    assert len(mail.outbox) == 1


@pytest.mark.parametrize(("late", "alerts"), [(2, 0), (3, 1)])
def test_one_slow_upload_is_no_alert_and_several_are(number: PhoneNumber, late: int, alerts: int) -> None:
    recordings(number, whole=2, late=late)
    actions.count_due(NOW)
    assert AuditEvent.objects.filter(action=actions.BELOW_TARGET).count() == alerts


def test_the_worker_counts_by_itself(number: PhoneNumber) -> None:
    recordings(number, whole=1)
    for task in PERIODIC_TASKS:
        task.do()
    assert NumberDay.objects.filter(number=None).count() == actions.HISTORY


def test_all_days_are_counted_again_on_request(number: PhoneNumber) -> None:
    actions.count_due(NOW)
    recordings(number, days_ago=20, whole=1)
    assert actions.count_due(NOW) == 0
    actions.count_all(NOW)
    assert NumberDay.objects.get(number=number).recorded == 1


def test_the_page_shows_rates_and_leads_to_the_recordings(client: Client, number: PhoneNumber) -> None:
    recordings(number, whole=3, missing=1)
    recordings(factories.number(label="Other"), whole=4)
    actions.count_due(NOW)
    client.force_login(factories.admin())
    page = client.get("/completeness/").content.decode()
    assert "87.5%" in page
    assert f"/recordings/?state=missing&amp;number={number.pk}&amp;since=2026-11-01" in page
    own = client.get(f"/completeness/?number={number.pk}").content.decode()
    assert "75%" in own
    assert "Other" not in own
    for odd in ("x", "999999", "²", "-1"):
        assert client.get("/completeness/", {"number": odd}).status_code == 404


def test_one_sees_ones_own_numbers_alone(client: Client, number: PhoneNumber) -> None:
    recordings(number, missing=1)
    actions.count_due(NOW)
    client.force_login(factories.user(Role.SUPERVISOR, teams=[factories.team()]))
    assert "Billing" not in client.get("/completeness/").content.decode()
    assert client.get(f"/completeness/?number={number.pk}").status_code == 404
    assert b"Billing" not in b"".join(client.get("/completeness/export/"))  # type: ignore[arg-type]
    client.force_login(factories.user(Role.SUPERVISOR, teams=[number.team]))
    assert "Billing" in client.get("/completeness/").content.decode()


def test_the_export_has_a_line_per_number_and_day(
    client: Client, number: PhoneNumber, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("recordings_site.web.keyset.BATCH", 1)
    PhoneNumber.objects.filter(pk=number.pk).update(label="=Billing")
    recordings(number, whole=3, late=1)
    recordings(number, days_ago=2, whole=1)
    actions.count_due(NOW)
    client.force_login(factories.admin())
    text = b"".join(client.get("/completeness/export/")).decode()  # type: ignore[arg-type]
    rows = list(csv.DictReader(text.splitlines()))
    assert [(row["day"], row["rate"], row["target"], row["late"]) for row in rows] == [
        ("2026-11-28", "100.00", "99.0", "0"),
        ("2026-11-30", "75.00", "99.0", "1"),
    ]
    assert rows[0]["label"] == "'=Billing"
    assert AuditEvent.objects.filter(action="completeness.exported").exists()


def test_the_page_reads_counted_days_alone(
    client: Client, number: PhoneNumber, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    recordings(number, whole=1)
    actions.count_due(NOW)
    client.force_login(factories.admin())
    client.get("/completeness/")
    with django_assert_num_queries(7) as asked:
        client.get("/completeness/")
    assert not any("recordings_recordingjob" in query["sql"] for query in asked.captured_queries)
