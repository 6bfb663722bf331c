"""Old callbacks, details of decisions, tasks and sessions are forgotten as the settings say, and nothing else is."""

import io
from datetime import timedelta

import pytest
from django.conf import settings as site
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from recordings_site.accounts.models import AuditEvent
from recordings_site.calls.models import Call, CallbackDelivery, Decision, DeliveryVerdict
from recordings_site.ops import checks
from recordings_site.ops.retention import actions
from recordings_site.ops.retention.actions import apply_retention
from recordings_site.recordings.models import RecordingJob
from recordings_site.tasks.models import Task
from tests import factories
from tests.sinch_posts import dice, ice, post

pytestmark = [pytest.mark.django_db, pytest.mark.database]

NOW = timezone.now()
OLD = NOW - timedelta(days=40)


@pytest.fixture
def call(settings: Settings) -> Call:
    """A call of forty days ago that was recorded by a policy, as Sinch told of it."""
    settings.KEEP_CALLBACKS_DAYS = settings.KEEP_DECISIONS_DAYS = 30
    number = factories.number(policy=factories.policy(), destination=factories.destination())
    post(number.application, ice(number.digits, call_id="old"))
    post(number.application, dice(call_id="old"))
    CallbackDelivery.objects.update(received_at=OLD)
    Decision._default_manager.update(decided_at=OLD)
    return Call.objects.get(call_id="old")


def run(*options: str) -> str:
    out = io.StringIO()
    call_command("retention", *options, stdout=out)
    return out.getvalue()


def test_a_dry_run_says_how_much_is_due_and_the_oldest_and_changes_nothing(call: Call) -> None:
    said = run("--dry-run")
    assert f"callbacks as received: 2 due, the oldest from {timezone.localdate(OLD).day}" in said
    assert "details of decisions: 1 due" in said
    assert "finished tasks: 0 due, kept for 7 days (KEEP_TASKS_DAYS)" in said
    assert CallbackDelivery.objects.count() == 2
    assert Decision._default_manager.get().ice_svaml is not None
    assert not AuditEvent.objects.filter(action="retention.applied").exists()


def test_what_is_due_is_forgotten_and_recordings_and_the_trail_stay(call: Call) -> None:
    recordings = list(RecordingJob.objects.values())
    trail = list(AuditEvent.objects.values())
    assert recordings
    assert "callbacks as received: 2 deleted" in run()
    assert not CallbackDelivery.objects.exists()
    decision = Decision._default_manager.get()
    assert (decision.ice_svaml, decision.facts.get("call"), decision.facts["record"]) == (None, None, True)
    assert list(RecordingJob.objects.values()) == recordings
    assert list(AuditEvent.objects.order_by("id").values())[: len(trail)] == trail
    assert AuditEvent.objects.get(action="retention.applied").data == {"callbacks": 2, "decisions": 1}
    assert "callbacks as received: 0 deleted" in run()


def test_pages_still_say_why_a_call_is_recorded(call: Call) -> None:
    admin = Client()
    admin.force_login(factories.admin())
    addresses = [reverse("call", args=[call.pk]), reverse("recording", args=[RecordingJob.objects.get().pk])]
    apply_retention(NOW)
    for address in addresses:
        page = admin.get(address)
        assert page.status_code == 200
        assert "records every call" in page.content.decode()


def test_what_is_newer_stays_and_so_does_all_where_no_setting_says_otherwise(call: Call, settings: Settings) -> None:
    settings.KEEP_CALLBACKS_DAYS = 41
    settings.KEEP_DECISIONS_DAYS = None
    assert "kept forever (KEEP_DECISIONS_DAYS)" in run("--dry-run")
    apply_retention(NOW)
    assert CallbackDelivery.objects.count() == 2
    assert Decision._default_manager.get().ice_svaml is not None


def test_a_callback_that_has_had_no_effect_is_kept_and_a_suspect_one_is_not(call: Call) -> None:
    owed = factories.delivery(call.application, dice(call_id="new"), received_at=OLD)
    factories.delivery(call.application, dice(call_id="stale"), received_at=OLD, verdict=DeliveryVerdict.STALE)
    apply_retention(NOW)
    assert [delivery.pk for delivery in CallbackDelivery.objects.all()] == [owed.pk]


def test_it_goes_in_batches_and_on_where_it_stood(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions, "BATCH", 2)
    for at in (OLD, OLD, OLD, NOW, OLD):
        factories.delivery(call.application, dice(call_id="more"), received_at=at, applied_at=at)
    assert apply_retention(NOW)["callbacks"] == 5
    # Behind a newer one it waits until that is due: ids are in the order of time, but for clocks that differ a little.
    assert CallbackDelivery.objects.count() == 2
    assert apply_retention(NOW + timedelta(days=31))["callbacks"] == 2


def test_done_tasks_and_expired_sessions_go_and_dead_tasks_stay() -> None:
    Task.objects.create(kind="note", subject="old", done_at=OLD)
    Task.objects.create(kind="note", subject="new", done_at=NOW)
    Task.objects.create(kind="note", subject="dead", dead_at=OLD)
    Session.objects.create(session_key="expired", expire_date=NOW - timedelta(minutes=1))
    Session.objects.create(session_key="open", expire_date=NOW + timedelta(days=1))
    apply_retention(timezone.now())
    assert {task.subject for task in Task.objects.filter(kind="note")} == {"new", "dead"}
    assert [session.session_key for session in Session.objects.all()] == ["open"]


def test_so_few_days_that_calls_still_need_them_are_refused(settings: Settings) -> None:
    settings.DEMO, settings.KEEP_CALLBACKS_DAYS = False, 6
    assert "KEEP_CALLBACKS_DAYS is 6. The minimum is 7." in [problem.msg for problem in checks.check_secrets(None)]


def test_the_settings_keep_callbacks_and_decisions_for_ever_unless_told_otherwise() -> None:
    assert (site.KEEP_CALLBACKS_DAYS, site.KEEP_DECISIONS_DAYS, site.KEEP_TASKS_DAYS) == (None, None, 7)
