"""Which recording a notification tells of, in each form in which Sinch names the place."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from recordings_site.calls.models import Call
from recordings_site.recordings.ingest.actions import mark_not_audio
from recordings_site.recordings.lifecycle import actions
from recordings_site.recordings.lifecycle.matching import locked_jobs, session_of_object
from recordings_site.recordings.lifecycle.reported import parse_reported_location
from recordings_site.recordings.models import Origin, Problem, RecordingJob
from recordings_site.storage import ObjectStat
from tests import factories
from tests.sinch_posts import notify, post

pytestmark = pytest.mark.django_db

CALL_ID = "01234567-89ab-cdef-fedc-ba9876543210"
APP = "669E367E-6BBA-48AB-AF15-266871C28135"


def _job(key: str, **fields: object) -> RecordingJob:
    destination = factories.destination(kind="s3", bucket="calls", prefix="voice/", region="eu-central-1")
    call = factories.call(call_id=CALL_ID)
    return factories.recording(call=call, destination=destination, key=key, available_at=None, **fields)


def _announce(call: Call, text: str, *, transcript: bool = False) -> RecordingJob:
    announced = actions.transcript_announced if transcript else actions.recording_announced
    return announced(call, reported=parse_reported_location(text), at=call.started_at)


@pytest.mark.parametrize(
    "reported",
    [
        "s3://calls/voice/2026/a.mp3",
        "s3://calls/voice%2F2026%2Fa.mp3",
        "s3://calls/voice/2026/a.mp3?X-Amz-Signature=abc",
        "https://calls.s3.eu-central-1.amazonaws.com/voice/2026/a.mp3",
        "https://s3.eu-central-1.amazonaws.com/calls/voice/2026/a.mp3?versionId=1",
        "https://calls.s3.amazonaws.com/voice/2026/a.mp3",
        "S3://calls/voice/2026/a.mp3",
        "https://www.sinch.com/calling/v1/recording/a.mp3",
        "voice/2026/a.mp3",
        "a.mp3",
    ],
)
def test_the_very_object_in_each_form_finds_its_job_among_several(reported: str) -> None:
    job = _job("voice/2026/a.mp3")
    factories.recording(call=job.call, destination=job.destination, key="voice/2026/b.mp3", ordinal=2)
    assert job.call is not None
    assert _announce(job.call, reported) == job
    assert RecordingJob.objects.count() == 2


@pytest.mark.parametrize(
    ("asked", "reported"),
    [
        ("voice/Sales team/+4670 é.mp3", "s3://calls/voice/Sales%20team/%2B4670%20e%CC%81.mp3"),
        ("voice/Sales team/+4670 é.mp3", "https://calls.s3.amazonaws.com/voice/Sales%20team/%2B4670%20%C3%A9.mp3"),
        ("voice/Sales%20team/x.mp3", "s3://calls/voice/Sales team/x.mp3"),
    ],
)
def test_a_report_spelled_otherwise_leaves_the_key_that_was_asked_for(asked: str, reported: str) -> None:
    job = _job(asked)
    assert job.call is not None
    _announce(job.call, reported)
    _announce(job.call, reported.replace(".mp3", "-transcript.json"), transcript=True)
    found = RecordingJob.objects.get(call=job.call)
    assert (found.key, found.state, found.transcript_available_at is not None) == (asked, "available", True)


def test_of_two_keys_that_are_spelled_alike_the_exact_one_is_meant() -> None:
    job = _job("voice/a b.mp3")
    other = factories.recording(call=job.call, destination=job.destination, key="voice/a%20b.mp3", ordinal=2)
    assert job.call is not None
    assert _announce(job.call, "s3://calls/voice/a%20b.mp3") == other


def test_a_signature_is_neither_stored_nor_shown(client: Client) -> None:
    destination = factories.destination(kind="azure", account="acct", bucket="cont")
    number = factories.number()
    place = "azure://acct/cont/a{}?sv=2024-11-04&sig=SECRETSIG%3D"
    for name, kind in ((".mp3", "recording_available"), ("-transcript.json", "transcription_available")):
        post(number.application, notify(kind, place.format(name), call_id=CALL_ID))
    job = RecordingJob.objects.get()
    assert (job.destination, job.key, job.reported_destination) == (destination, "a.mp3", "azure://acct/cont/a.mp3")
    assert "SECRETSIG" not in str(vars(job))
    client.force_login(factories.admin())
    pages = [reverse("recording", args=[job.pk])]
    assert job.call is not None
    pages.append(reverse("call", args=[job.call.pk]))
    for page in pages:
        shown = client.get(page).content.decode()
        assert "recording_available" in shown
        assert "SECRETSIG" not in shown


def test_a_transcript_finds_the_recording_with_its_stem() -> None:
    job = _job("voice/2026/a.mp3")
    factories.recording(call=job.call, destination=job.destination, key="voice/2026/b.mp3", ordinal=2)
    assert job.call is not None
    assert _announce(job.call, "s3://calls/voice/2026/a-transcript.json", transcript=True) == job


def test_a_generated_name_finds_the_job_that_left_the_name_to_sinch() -> None:
    job = _job("", folder="voice/2026/")
    factories.recording(call=job.call, destination=job.destination, key="voice/2026/b.mp3", ordinal=2)
    assert job.call is not None
    name = f"20260114093000_{APP}_{CALL_ID}.mp3"
    assert _announce(job.call, f"s3://calls/voice/2026/{name}") == job


def test_another_name_than_the_one_asked_for_finds_the_only_job_that_lacks_its_object() -> None:
    job = _job("voice/2026/a.mp3")
    assert job.call is not None
    told = actions.recording_announced(
        job.call, reported=parse_reported_location("s3://calls/voice/else.mp3"), at=job.happened_at
    )
    assert told == job
    told.refresh_from_db()
    assert told.key == "voice/else.mp3"


def test_an_object_that_nobody_asked_for_is_adopted() -> None:
    job = _job("voice/2026/a.mp3")
    assert job.call is not None
    for place in ("s3://calls/voice/2026/a.mp3", "s3://calls/voice/2026/extra.mp3"):
        actions.recording_announced(job.call, reported=parse_reported_location(place), at=job.happened_at)
    adopted = RecordingJob.objects.get(call=job.call, ordinal=2)
    assert (adopted.origin, adopted.key, adopted.number) == (Origin.ADOPTED, "voice/2026/extra.mp3", job.number)


@pytest.mark.parametrize(
    "text", ["s3://another/voice/a.mp3", "ftp://x/y", "file:///etc/passwd", "", "http://evil/x.mp3"]
)
def test_a_place_of_none_of_our_destinations_matches_none(text: str) -> None:
    factories.destination(kind="s3", bucket="calls", prefix="voice/", region="eu-central-1")
    assert parse_reported_location(text).destination is None


def test_the_destination_with_the_longest_prefix_has_the_object() -> None:
    factories.destination(kind="s3", bucket="calls", prefix="")
    inner = factories.destination(kind="s3", bucket="calls", prefix="voice/")
    assert parse_reported_location("s3://calls/voice/a.mp3").destination == inner


@pytest.mark.parametrize("name", ["a.mp3", "a-transcript.json"])
def test_a_conference_that_meets_again_keeps_the_file_of_its_earlier_session(name: str) -> None:
    destination = factories.destination(kind="s3", bucket="calls", prefix="voice/")
    earlier = factories.conference_session(conference_id="room", opened_at=factories.LONG_AGO)
    later = factories.conference_session(
        conference_id="room", number=earlier.number, opened_at=factories.LONG_AGO + timedelta(hours=2)
    )
    for session, key in ((earlier, "voice/a.mp3"), (later, "voice/b.mp3")):
        factories.recording(conference_session=session, destination=destination, key=key, call=None)
    reported = parse_reported_location(f"s3://calls/voice/{name}")
    assert session_of_object(earlier.application_id, "room", reported) == earlier
    assert session_of_object(earlier.application_id, "room", parse_reported_location("s3://calls/voice/c.mp3")) is None


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time")
@pytest.mark.django_db(transaction=True)
def test_what_a_worker_keeps_of_a_file_outlives_that_it_is_announced_again() -> None:
    job = _job("voice/a.mp3")
    assert job.call is not None
    stat = ObjectStat(job.key, 5, "etag", factories.LONG_AGO, "audio/mpeg")

    def examine() -> None:
        try:
            mark_not_audio(job.pk, stat=stat, problem=Problem.UNDECODABLE)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as worker:
        with transaction.atomic():
            [matched] = locked_jobs(job.call)
            examined = worker.submit(examine)
            with pytest.raises(TimeoutError):
                examined.result(0.5)
            matched.save()
        examined.result(10)
    job.refresh_from_db()
    assert job.problem_code == Problem.UNDECODABLE
