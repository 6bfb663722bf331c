"""Clips over HTTP: allowed and audited like a download."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from recordings_site.accounts.models import AuditEvent, Role
from recordings_site.recordings.audio.probe import examine
from recordings_site.recordings.ingest import inspect
from recordings_site.recordings.models import RecordingJob
from recordings_site.simulator.speech import conversations
from tests import factories

pytestmark = pytest.mark.django_db
TALK = ((0.5, "Anna", "Good morning."), (4.2, "Bo", "A refund, please."), (9.0, "Anna", "Of course."))


@pytest.fixture
def recording() -> RecordingJob:
    made = factories.recording(size=None, duration=None)
    assert made.destination is not None
    sound = conversations.sound(conversations.conversations()[0])
    made.destination.write_store().write(made.key, sound, content_type="audio/mpeg")
    inspect.inspect(made.pk)
    factories.transcript(made, TALK)
    return made


def signed_in(recording: RecordingJob, role: Role) -> Client:
    assert recording.number is not None
    client = Client()
    client.force_login(factories.user(role, teams=[recording.number.team]))
    return client


def asked(client: Client, recording: RecordingJob, **query: Any) -> Any:
    return client.get(reverse("recording_clip", args=[recording.pk]), query)


def test_a_clip_is_audio_of_the_span_and_audited_as_a_download(recording: RecordingJob, tmp_path: Any) -> None:
    response = asked(signed_in(recording, Role.SUPERVISOR), recording, t="0:04", end="8.5")
    path = tmp_path / "clip"
    path.write_bytes(response.getvalue())
    assert examine(path).duration == pytest.approx(4.5, abs=0.5)
    assert response["Content-Type"] == "audio/mpeg"
    assert "0m04-0m08.mp3" in response["Content-Disposition"]
    assert "no-store" in response["Cache-Control"]
    event = AuditEvent.objects.get(action="audio.downloaded")
    assert 3.5 < event.data["start"] <= 4 < 8.5 <= event.data["end"]


@pytest.mark.parametrize(
    ("form", "said"),
    [("txt", "[0:00] Bo: A refund, please."), ("srt", "2\n00:00:00,200 --> 00:00:05,000\nBo: A refund, please.")],
)
def test_its_part_of_the_transcript_has_times_from_its_beginning(recording: RecordingJob, form: str, said: str) -> None:
    response = asked(signed_in(recording, Role.SUPERVISOR), recording, t="4", end="9", form=form)
    text = response.content.decode()
    assert said in text
    assert "Of course" not in text
    assert AuditEvent.objects.get(action="transcript.exported").data == {"form": form, "start": 4.0, "end": 9.0}


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"t": "9", "end": "4"}, "The end must be after the start."),
        ({"t": "x", "end": "4"}, "Enter times like 12:34 or 754.2."),
        ({"t": "", "end": "4"}, "Enter the time where the clip starts."),
        ({"t": "9000", "end": "9001"}, "The recording has no audio in this selection."),
    ],
)
def test_what_is_no_span_leads_back_to_the_page_with_the_reason(
    recording: RecordingJob, query: dict[str, str], said: str
) -> None:
    client = signed_in(recording, Role.SUPERVISOR)
    response = client.get(reverse("recording_clip", args=[recording.pk]), query, follow=True)
    assert said in response.content.decode()
    assert not AuditEvent.objects.filter(action="audio.downloaded").exists()


def test_support_gets_neither_form_nor_clip_and_a_head_is_no_download(recording: RecordingJob) -> None:
    support, supervisor = signed_in(recording, Role.SUPPORT), signed_in(recording, Role.SUPERVISOR)
    page = reverse("recording", args=[recording.pk]) + "?t=4.5&end=9"
    assert "data-clip" not in support.get(page).content.decode()
    assert asked(support, recording, t="4", end="9").status_code == 404
    html = supervisor.get(page).content.decode()
    assert 'name="t" size="9" required autocomplete="off" placeholder="12:04" value="0:04.5"' in html
    assert supervisor.head(reverse("recording_clip", args=[recording.pk]), {"t": "4", "end": "9"}).status_code == 200
    assert not AuditEvent.objects.filter(action="audio.downloaded").exists()


def test_a_replaced_file_is_not_cut_by_the_old_ones_table(recording: RecordingJob) -> None:
    assert recording.destination is not None
    recording.destination.write_store().write(recording.key, b"ID3 other", content_type="audio/mpeg")
    assert asked(signed_in(recording, Role.SUPERVISOR), recording, t="4", end="9").status_code == 409
