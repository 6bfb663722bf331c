"""The status page: it names what needs a hand, and its buttons lend one, to admins alone."""

import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from recordings_site.accounts.models import AuditEvent, Role
from recordings_site.calls.models import DeliveryVerdict
from recordings_site.tasks.models import Task
from tests import factories
from tests.sinch_posts import notify

pytestmark = pytest.mark.django_db


@pytest.fixture
def dead() -> Task:
    """A task that was given up."""
    return Task.objects.create(
        kind="recording.inspect", subject="x", dead_at=timezone.now(), error="The bucket is gone"
    )


def _client(role: Role) -> Client:
    client = Client()
    client.force_login(factories.user(role))
    return client


def test_it_says_so_when_all_is_well() -> None:
    assert "No problems found" in _client(Role.ADMIN).get(reverse("status")).content.decode()


def test_work_that_was_given_up_is_shown_and_tried_again_by_an_admin(dead: Task) -> None:
    admin = _client(Role.ADMIN)
    assert "The bucket is gone" in admin.get(reverse("status")).content.decode()
    admin.post(reverse("task_retry", args=[dead.pk]))
    dead.refresh_from_db()
    assert (dead.dead_at, dead.attempts, dead.error) == (None, 0, "")
    assert AuditEvent.objects.filter(action="task.tried_again").exists()


def test_each_figure_leads_to_what_it_counts() -> None:
    factories.recording()
    overdue = factories.overdue(overdue_kind="missing")
    nobodys = factories.recording(call=None)
    bare = factories.number(policy=factories.policy())
    admin = _client(Role.ADMIN)
    links = re.findall(r'<dd class="num"><a href="([^"]+)">', admin.get(reverse("status")).content.decode())
    found = [admin.get(link).context for link in links]
    assert [[row.id for row in each["page"].rows] for each in found[:2]] == [[overdue.pk], [nobodys.pk]]
    without_policy = found[2]["page"].rows
    assert bare not in without_policy
    assert len(without_policy) == 2
    assert "Without a number" not in _client(Role.SUPPORT).get(reverse("recordings")).content.decode()


def test_a_dead_task_that_was_asked_for_anew_makes_way(dead: Task) -> None:
    Task.objects.create(kind=dead.kind, subject=dead.subject)
    _client(Role.ADMIN).post(reverse("task_retry", args=[dead.pk]))
    assert Task.objects.get().dead_at is None


def test_an_auditor_sees_it_and_changes_nothing(dead: Task) -> None:
    auditor = _client(Role.AUDITOR)
    assert "Try again" not in auditor.get(reverse("status")).content.decode()
    assert auditor.post(reverse("task_retry", args=[dead.pk])).status_code == 404
    dead.refresh_from_db()
    assert dead.dead_at is not None


def test_support_has_no_such_page() -> None:
    assert _client(Role.SUPPORT).get(reverse("status")).status_code == 404


def test_a_callback_that_was_not_believed_is_applied_on_an_admins_word() -> None:
    call = factories.call()
    told = notify("recording_finished", call_id=call.call_id)
    delivery = factories.delivery(call.application, told, verdict=DeliveryVerdict.STALE)
    admin = _client(Role.ADMIN)
    assert "Apply" in admin.get(reverse("status")).content.decode()
    admin.post(reverse("delivery_apply", args=[delivery.pk]))
    call.refresh_from_db()
    assert call.recording_finished_at is not None
