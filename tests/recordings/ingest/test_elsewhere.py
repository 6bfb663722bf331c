"""Recordings that Sinch reports at a place that no destination covers: shown as such, and looked for again."""

import csv
import io
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from recordings_site.accounts.models import AuditEvent
from recordings_site.calls.models import Call
from recordings_site.destinations import actions as destinations
from recordings_site.destinations.actions import CredentialSets
from recordings_site.destinations.models import Destination
from recordings_site.policies.engine import snapshot
from recordings_site.recordings.completeness.actions import count_day
from recordings_site.recordings.explain import sentences as explained
from recordings_site.recordings.explain import timeline
from recordings_site.recordings.ingest import elsewhere, late_or_missing
from recordings_site.recordings.lifecycle import sentences
from recordings_site.recordings.lifecycle.objects import ELSEWHERE
from recordings_site.recordings.models import NumberDay, RecordingJob, State
from recordings_site.tasks.models import Task
from tests import factories
from tests.sinch_posts import notify, post

pytestmark = pytest.mark.django_db

ANOTHER = "s3://recordings/voice/2026-01-14/x.mp3"
OF_SINCH = "https://www.sinch.com/calling/v1/recording/x.mp3"


def requested(key: str = "calls/one.mp3", **fields: object) -> RecordingJob:
    """A recording of a call that is over, requested in a destination of ours."""
    return factories.recording(key=key, available_at=None, size=None, duration=None, **fields)


def report(job: RecordingJob, place: str) -> RecordingJob:
    """Post `recording_available` of the job's call."""
    assert job.call is not None
    told(job.call, place)
    return RecordingJob.objects.get(call=job.call)


def told(call: Call, place: str, kind: str = "recording_available") -> None:
    """Post a notification of this call."""
    snapshot.forget()
    assert post(call.application, notify(kind, place, call_id=call.call_id)).status_code == 200


def looked_for(job: RecordingJob) -> RecordingJob:
    late_or_missing.look_for_recording(job.pk, since=timezone.now())
    return RecordingJob.objects.get(pk=job.pk)


def unrequested(place: str = ANOTHER) -> RecordingJob:
    """A recording that nothing here requested, reported at a place."""
    call = factories.call()
    told(call, place)
    return RecordingJob.objects.get(call=call)


def admin_page(url: str) -> str:
    client = Client()
    client.force_login(factories.admin())
    return client.get(url).content.decode()


@pytest.mark.parametrize("place", [ANOTHER, OF_SINCH])
def test_a_place_of_nobody_displaces_nothing_and_the_requested_file_is_found(place: str) -> None:
    job = requested()
    assert job.destination is not None
    job.destination.write_store().write(job.key, b"ID3", content_type="audio/mpeg")
    reported = report(job, place)
    assert (reported.state, reported.key, reported.destination) == (State.FINISHED, job.key, job.destination)
    assert "We’re checking the requested location" in sentences.no_audio_reason(reported)
    assert Task.objects.filter(kind="recording.look", subject=str(job.pk), next_at__lte=timezone.now()).exists()
    found = looked_for(job)
    assert (found.state, found.key, found.elsewhere_at) == (State.AVAILABLE, job.key, None)


def test_what_is_not_where_it_was_requested_is_stored_elsewhere_until_it_appears() -> None:
    job = report(requested(), ANOTHER)
    assert (looked_for(job).state, looked_for(job).key) == (State.ELSEWHERE, "calls/one.mp3")
    again = late_or_missing.look_for_recording(job.pk, since=timezone.now())
    assert again is not None
    assert again < timezone.now() + timedelta(minutes=2)
    assert job.destination is not None
    job.destination.write_store().write(job.key, b"ID3", content_type="audio/mpeg")
    assert looked_for(job).state == State.AVAILABLE


def test_what_was_lost_is_late_and_not_stored_elsewhere() -> None:
    job = requested()
    late_or_missing.look_for_recording(job.pk, since=timezone.now() - timedelta(hours=1))
    job.refresh_from_db()
    assert (job.state, job.overdue_kind) == (State.FINISHED, "late")


def test_a_name_alone_is_looked_for_in_the_folder_in_which_sinch_makes_names() -> None:
    job = requested(key="", folder="voice/")
    assert job.destination is not None
    job.destination.write_store().write("voice/x.mp3", b"ID3", content_type="audio/mpeg")
    assert looked_for(report(job, OF_SINCH)).key == "voice/x.mp3"


def test_a_file_that_was_not_requested_is_elsewhere_at_once() -> None:
    job = unrequested()
    assert (job.state, job.destination, job.available_at) == (State.ELSEWHERE, None, None)
    unrequested()
    assert AuditEvent.objects.filter(action=ELSEWHERE).count() == 1


@pytest.mark.parametrize("event_count", [1, 2])
def test_two_files_elsewhere_are_two_recordings_however_often_each_is_reported(event_count: int) -> None:
    call = factories.call()
    for place in (ANOTHER, ANOTHER.replace("x.mp3", "y.mp3")) * event_count:
        told(call, place)
    assert [job.state for job in RecordingJob.objects.filter(call=call)] == [State.ELSEWHERE] * 2


def test_the_page_names_the_bucket_and_offers_neither_player_nor_download() -> None:
    job = unrequested()
    page = admin_page(reverse("recording", args=[job.pk]))
    assert "Stored elsewhere" in page
    assert "It’s stored in the Amazon S3 bucket “recordings”, which isn’t one of your destinations" in page
    assert "<audio" not in page
    assert reverse("recording_download", args=[job.pk]) not in page
    client = Client()
    client.force_login(factories.admin())
    for name in ("recording_audio", "recording_download"):
        answer = client.get(reverse(name, args=[job.pk]), headers={"Accept": "*/*"})
        assert (answer.status_code, "Amazon S3 bucket “recordings”" in answer.content.decode()) == (404, True)
    assert "www.sinch.com" in admin_page(reverse("recording", args=[unrequested(OF_SINCH).pk]))


def test_an_admin_is_offered_the_destination_with_its_form_filled_in() -> None:
    client, page = Client(), admin_page(reverse("recording", args=[unrequested().pk]))
    [link] = [part.split('"')[0].replace("&amp;", "&") for part in page.split('href="')[1:] if "bucket=" in part]
    assert parse_qs(urlsplit(link).query) == {"name": ["recordings"], "bucket": ["recordings"], "folder": ["voice/"]}
    addressed = unrequested("https://recordings.s3.eu-west-3.amazonaws.com/voice/x.mp3")
    assert "region=eu-west-3" in admin_page(reverse("recording", args=[addressed.pk]))
    client.force_login(factories.admin())
    form = client.get(link).content.decode()
    assert 'value="recordings"' in form
    assert 'value="voice/"' in form
    assert "Add this destination" not in admin_page(reverse("recording", args=[unrequested(OF_SINCH).pk]))
    support = factories.user(teams=[job_team(RecordingJob.objects.get(reported_destination=ANOTHER))])
    client.force_login(support)
    page = client.get(reverse("recording", args=[RecordingJob.objects.get(reported_destination=ANOTHER).pk]))
    assert "Add this destination" not in page.content.decode()


def job_team(job: RecordingJob) -> object:
    assert job.number is not None
    return job.number.team


def test_a_destination_that_is_added_brings_the_recordings_there() -> None:
    inside, outside = unrequested("local://recordings/voice/x.mp3"), unrequested("local://others/voice/x.mp3")
    there = factories.destination(bucket="recordings")
    there.write_store().write("voice/x.mp3", b"ID3", content_type="audio/mpeg")
    Destination.objects.filter(pk=there.pk).delete()
    made = destinations.create_destination(
        by=None, name="New", kind="local", bucket="recordings", read_mode="keys",
        sets=CredentialSets(factories.WRITE_CREDENTIALS, factories.READ_CREDENTIALS),
    )  # fmt: skip
    assert Task.objects.filter(kind="destination.covers", subject=str(made.pk)).exists()
    Task.objects.filter(kind="recording.look").delete()
    assert elsewhere.look_again(made) == 1
    assert [task.subject for task in Task.objects.filter(kind="recording.look")] == [str(inside.pk)]
    assert (looked_for(inside).destination, looked_for(inside).state) == (made, State.AVAILABLE)
    assert looked_for(outside).state == State.ELSEWHERE


def test_a_transcript_elsewhere_is_said_and_loaded_once_a_destination_covers_it() -> None:
    job = factories.recording(transcription=True)
    assert job.call is not None
    place = f"local://recordings/voice/{job.key.rpartition('/')[2].replace('.mp3', '-transcript.json')}"
    told(job.call, place, "transcription_available")
    assert "The transcript is stored elsewhere" in admin_page(reverse("recording", args=[job.pk]))
    made = factories.destination(bucket="recordings")
    Task.objects.filter(kind="transcript.load").delete()
    elsewhere.look_again(made)
    assert [task.subject for task in Task.objects.filter(kind="transcript.load")] == [str(job.pk)]


def test_it_is_counted_filtered_exported_and_told_at_home() -> None:
    job, _ = unrequested(), factories.recording()
    count_day(job.happened_at.date(), now=timezone.now())
    assert NumberDay.objects.get(number=job.number).elsewhere == 1
    client = Client()
    client.force_login(factories.admin())
    assert [row.pk for row in client.get("/recordings/?state=elsewhere").context["page"].rows] == [job.pk]
    table = b"".join(client.get("/recordings/export/csv/?state=elsewhere")).decode()  # type: ignore[call-overload]
    [row] = csv.DictReader(io.StringIO(table))
    assert (row["state"], row["reason"]) == (
        "elsewhere",
        "Stored in the Amazon S3 bucket “recordings”, which isn’t one of your destinations.",
    )
    assert '<a href="/recordings/?state=elsewhere">1 recording</a>' in client.get("/").content.decode()


def test_why_says_that_it_was_recorded_and_where_it_is() -> None:
    call = Call.objects.get(pk=requested().call_id)
    factories.decision(call)
    job = looked_for(report(RecordingJob.objects.get(call=call), ANOTHER))
    found = timeline.of_recording(job, factories.admin())
    assert "Recorded, but stored in the Amazon S3 bucket “recordings”" in explained.sentence(found.decision)
    assert "The file is stored elsewhere" in [explained.step_title(step) for step in found.steps]
