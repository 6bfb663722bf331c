"""The demo: everything that a visitor should find, made by the site's own ways, and made once."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from recordings_site.accounts.models import Role, User
from recordings_site.calls.models import Call, Decision, Direction
from recordings_site.ops.demo import annotations as demo_annotations
from recordings_site.ops.demo import data as demo
from recordings_site.ops.management.commands import demo as command
from recordings_site.ops.worker.loop import drain
from recordings_site.policies.engine import snapshot
from recordings_site.policies.models import PhoneNumber
from recordings_site.recordings.models import (
    Comment,
    LineCorrection,
    RecordingJob,
    RecordingTag,
    SavedSearch,
    SpeakerName,
    State,
    Transcript,
)
from recordings_site.simulator.wire import HttpReply
from recordings_site.tasks import registry
from tests import simulated

pytestmark = pytest.mark.django_db


@pytest.fixture
def filled(monkeypatch: pytest.MonkeyPatch, settings, tmp_path, capsys) -> str:
    """A site with the demo in it; gives what the command printed."""
    settings.DEMO, settings.LOCAL_STORE_ROOT = True, tmp_path
    monkeypatch.setattr(command, "over_http", lambda: simulated.through_django)
    monkeypatch.setattr(command.Command, "_wait", lambda self: drain(registry.load()))
    snapshot.forget()
    call_command("demo", url="http://testserver")
    return capsys.readouterr().out


def test_the_demo_has_what_a_visitor_should_find_and_is_made_once(filled: str, capsys):
    assert "make calls\n" in filled
    assert Call.objects.count() == 62
    assert PhoneNumber.objects.count() == 5
    assert PhoneNumber.objects.values("team").distinct().count() == 2
    assert {Direction.INBOUND, Direction.OUTBOUND} == set(Call.objects.values_list("direction", flat=True))
    heard = RecordingJob.objects.filter(state=State.AVAILABLE, duration__isnull=False)
    assert heard.count() > 35
    assert heard.filter(duration__gt=2390).count() == 1
    assert heard.filter(conference_session__isnull=False).count() > 2
    assert len({bytes(raw) for raw in Transcript.objects.exclude(line_count=0).values_list("raw", flat=True)}) >= 9
    assert set(Transcript.objects.values_list("locale", flat=True)) == {"en-US", "en-GB", "sv-SE"}
    overdue = RecordingJob.objects.overdue().order_by("happened_at")
    assert [job.overdue_kind for job in overdue] == ["missing", "late"]
    assert Decision.objects.filter(pie_svaml__isnull=False).exists()
    assert RecordingJob.objects.exclude(problem_code="").count() == 0

    for (email, name, what), role in zip(demo.PEOPLE, Role, strict=True):
        assert f"{email:24} {what}" in filled
        assert (User.objects.get(email=email).name, User.objects.get(email=email).role) == (name, role)
        assert Client().post("/accounts/login/", {"login": email, "password": demo.PASSWORD}).status_code == 302

    before = set(RecordingJob.objects.values_list("pk", flat=True))
    call_command("demo", url="http://nobody.invalid")
    assert set(RecordingJob.objects.values_list("pk", flat=True)) == before
    assert demo.PASSWORD in capsys.readouterr().out

    call_command("demo", url="http://127.0.0.1:8080", more=3)
    call_command("demo", url="http://127.0.0.1:8080", more=2)
    assert Call.objects.count() == 67
    assert Call.objects.filter(started_at__gte=timezone.now() - timedelta(minutes=20)).count() >= 5
    assert "make calls PORT=8080\n" in capsys.readouterr().out


def test_the_demo_has_annotations_and_alerts(filled: str):
    assert set(Comment.objects.values_list("text", flat=True)) == {text for _, _, text in demo_annotations.COMMENTS}
    assert set(RecordingTag.objects.values_list("tag__name", flat=True)) == {tag for _, tag in demo_annotations.TAGS}
    names = SpeakerName.objects.exclude(name="").values_list("name", flat=True)
    assert set(names) == {name for _, name in demo_annotations.NAMES}
    assert LineCorrection.objects.get().text == demo_annotations.CORRECTED
    for saved in SavedSearch.objects.all():
        assert saved.matches.exists(), saved

    mine = RecordingJob.objects.visible_to(User.objects.get(email=demo.SUPERVISOR))
    assert set(mine.values_list("number__team__name", flat=True)) == {"Billing"}

    Comment.objects.all().delete()
    SavedSearch.objects.all().delete()
    call_command("demo", url="http://nobody.invalid")
    assert not Comment.objects.exists()
    assert not SavedSearch.objects.exists()


def test_a_site_that_is_no_demo_refuses_it(settings):
    settings.DEMO = False
    with pytest.raises(CommandError, match="DEMO=1"):
        call_command("demo", url="http://testserver")
    assert not User.objects.exists()


def test_a_site_that_has_only_just_begun_is_asked_again(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(command.time, "sleep", lambda seconds: None)
    answers = [HttpReply(401, b""), HttpReply(503, b""), HttpReply(200, b"{}")]
    post = command.post_with_retries(lambda url, body, headers: answers.pop(0))
    assert post("http://testserver", b"", {}).status == 200
    refused = command.post_with_retries(lambda url, body, headers: HttpReply(401, b""))
    assert refused("http://testserver", b"", {}).status == 401
