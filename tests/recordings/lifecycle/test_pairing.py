"""Which file belongs to which part of a call, whatever came first; and what becomes of rows made too early."""

import itertools
from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from recordings_site.accounts.models import AuditEvent
from recordings_site.calls.models import Call, CallbackDelivery
from recordings_site.destinations.models import Destination
from recordings_site.policies.engine import snapshot
from recordings_site.recordings.annotations import actions as annotations
from recordings_site.recordings.ingest import late_or_missing
from recordings_site.recordings.lifecycle import actions
from recordings_site.recordings.lifecycle.reported import parse_reported_location
from recordings_site.recordings.models import (
    Comment,
    IndexedRecording,
    LineCorrection,
    Listening,
    MergedRecording,
    Origin,
    RecordingJob,
    RecordingTag,
    State,
    Tag,
    Transcript,
)
from recordings_site.recordings.reconcile.actions import link_object
from recordings_site.sinch.uploads.destination_url import generated_name
from recordings_site.storage import ObjectStat
from recordings_site.tasks.models import Task
from tests import factories
from tests.sinch_posts import notify, post

pytestmark = pytest.mark.django_db


@pytest.fixture
def call() -> Call:
    """A call with two parts, for both of which a folder was requested: one from its start, one from a minute later."""
    made = factories.call(duration=180)
    destination = factories.destination()
    for ordinal in (1, 2):
        at = made.started_at + timedelta(minutes=ordinal - 1)
        factories.recording(
            call=made, destination=destination, key="", folder="voice/", ordinal=ordinal, expected_at=at,
            started_at=at, available_at=None, size=None, duration=None,
        )  # fmt: skip
    return made


def parts_of(call: Call) -> list[tuple[int, str]]:
    """Ordinal and key of the call's recordings."""
    return list(RecordingJob.objects.filter(call=call).order_by("ordinal").values_list("ordinal", "key"))


def names_of(call: Call, *seconds: float) -> list[str]:
    """Names that Sinch made so many seconds after the call's start."""
    key = call.application.key
    return [
        f"voice/{generated_name(call.started_at + timedelta(seconds=s), key, call.call_id, 'mp3')}" for s in seconds
    ]


def announced(call: Call, key: str, *, transcript: bool = False) -> RecordingJob:
    bucket = Destination.objects.get().bucket
    apply = actions.transcript_announced if transcript else actions.recording_announced
    return apply(call, reported=parse_reported_location(f"local://{bucket}/{key}"), at=call.started_at)


def put(call: Call, *keys: str) -> list[ObjectStat]:
    store = Destination.objects.get().write_store()
    for key in keys:
        store.write(key, b"ID3", content_type="audio/mpeg")
    return [ObjectStat(key, 3, '"1"', call.started_at) for key in keys]


@pytest.mark.parametrize("order", list(itertools.permutations((0, 1, 2, 3))))
def test_generated_names_belong_to_the_parts_in_the_order_of_their_dates(call: Call, order: tuple[int, ...]) -> None:
    first, second = names_of(call, 30, 90)
    transcripts = [name.replace(".mp3", "-transcript.json") for name in (first, second)]
    events = [(first, False), (second, False), *((name, True) for name in transcripts)]
    for place in order:
        for _ in range(2):
            announced(call, events[place][0], transcript=events[place][1])
    assert parts_of(call) == [(1, first), (2, second)]
    reported = RecordingJob.objects.order_by("ordinal").values_list("reported_transcript_destination", flat=True)
    assert [text.partition("voice/")[2] for text in reported] == [name.partition("voice/")[2] for name in transcripts]


@pytest.mark.parametrize("seconds", [62, 170, 400])
def test_the_only_file_is_that_of_the_part_in_which_its_date_lies(call: Call, seconds: int) -> None:
    [second] = names_of(call, seconds)
    announced(call, second)
    assert parts_of(call) == [(1, ""), (2, second)]
    [first] = names_of(call, 0)
    announced(call, first)
    assert parts_of(call) == [(1, first), (2, second)]


def test_two_files_that_nobody_announced_are_both_found(call: Call) -> None:
    first, second = names_of(call, 0, 60)
    put(call, first, second)
    job = RecordingJob.objects.get(ordinal=2)
    assert late_or_missing.look_for_recording(job.pk, since=call.started_at) is None
    assert parts_of(call) == [(1, first), (2, second)]
    assert set(RecordingJob.objects.values_list("state", flat=True)) == {State.AVAILABLE}


def test_a_walk_links_both_and_adopts_none_beside_them(call: Call) -> None:
    first, second = names_of(call, 0, 60)
    found = [link_object(destination=Destination.objects.get(), stat=stat) for stat in put(call, second, first)]
    assert found == ["linked", "linked"]
    assert parts_of(call) == [(1, first), (2, second)]


def test_a_file_that_was_found_without_its_call_is_the_one_that_is_reported_for_it() -> None:
    call, destination = factories.call(), factories.destination()
    stat = ObjectStat("voice/a.mp3", 3, '"1"', call.started_at)
    assert link_object(destination=destination, stat=stat) == "adopted"
    announced(call, "voice/a-transcript.json", transcript=True)
    announced(call, "voice/a.mp3")
    job = RecordingJob.objects.get()
    assert (job.call, job.number, job.key) == (call, call.number, "voice/a.mp3")


def test_a_part_that_was_guessed_wrongly_gives_its_file_back_with_its_notes() -> None:
    job = factories.recording(key="voice/a.mp3", available_at=None, destination=factories.destination())
    assert job.call is not None
    announced(job.call, "voice/extra.mp3")
    admin = factories.admin()
    annotations.add_comment(by=admin, recording=job, at=1, end=None, text="of the extra file")
    announced(job.call, "voice/a.mp3")
    rows = {row.key: row for row in RecordingJob.objects.all()}
    assert (rows["voice/a.mp3"].pk, rows["voice/extra.mp3"].origin) == (job.pk, Origin.ADOPTED)
    assert Comment.objects.get().recording == rows["voice/extra.mp3"]
    assert {row.state for row in rows.values()} == {State.AVAILABLE}


def test_a_percent_sign_in_the_buckets_name_is_undone(call: Call) -> None:
    [first] = names_of(call, 0)
    bucket = Destination.objects.get().bucket.replace("-", "%2D")
    reported = parse_reported_location(f"local://{bucket}/{first}")
    actions.recording_announced(call, reported=reported, at=call.started_at)
    assert parts_of(call)[0] == (1, first)


class TestMerging:
    """A recording that was adopted before its request was known becomes part of the requested one."""

    @pytest.fixture
    def early(self) -> RecordingJob:
        """One that was reported, heard, transcribed and discussed before anything else of its call was known."""
        call = factories.call()
        factories.destination()
        snapshot.forget()
        bucket = Destination.objects.get().bucket
        event = notify("recording_available", f"local://{bucket}/voice/a.mp3", call_id=call.call_id)
        assert post(call.application, event).status_code == 200
        job = RecordingJob.objects.get()
        transcript = factories.transcript(job, [(0, "Speaker 1", "refund")])
        admin = factories.admin()
        annotations.add_comment(by=admin, recording=job, at=1, end=None, text="early")
        RecordingTag.objects.create(recording=job, tag=Tag.objects.create(name="vip"), author=admin)
        Listening.objects.create(user=admin, recording=job, position=5, seconds=20, played_at=call.started_at)
        LineCorrection.objects.create(transcript=transcript, position=0, text="a refund", author=admin)
        return job

    def requested(self, early: RecordingJob) -> RecordingJob:
        """The recording that is requested now, at the very place."""
        assert early.call is not None
        at = early.happened_at
        row = RecordingJob(id=uuid4(), origin=Origin.FLAG, expected_at=at, happened_at=at, call=early.call)
        row.asked_destination, row.asked_key = early.destination, early.key
        found = actions.LockedRecordings(early.call)
        found.add(row)
        found.pair()
        found.update()
        return RecordingJob.objects.get()

    def test_everything_about_it_is_kept(self, early: RecordingJob) -> None:
        job = self.requested(early)
        assert job.pk != early.pk
        assert (job.origin, job.key, job.state, job.ordinal) == (Origin.FLAG, "voice/a.mp3", State.AVAILABLE, 1)
        rows = (Comment, RecordingTag, Listening, Transcript)
        assert [model.objects.get().recording for model in rows] == [job] * 4  # type: ignore[attr-defined]
        assert LineCorrection.objects.get().transcript.recording == job
        assert CallbackDelivery.objects.get().recording_id == job.pk
        assert MergedRecording.current_id(early.pk) == job.pk
        assert AuditEvent.objects.get(action="recording.merged").data == {"from": str(early.pk)}
        assert not Task.objects.filter(subject=str(early.pk), done_at=None).exists()
        assert {"recording.inspect", "transcript.index"} <= {
            task.kind for task in Task.objects.filter(subject=str(job.pk))
        }

    def test_what_both_have_is_kept_once(self, early: RecordingJob) -> None:
        other = factories.recording(
            call=early.call, ordinal=2, destination=early.destination, key="", asked_key=early.key, available_at=None
        )
        admin = Listening.objects.get().user
        RecordingTag.objects.create(recording=other, tag=Tag.objects.get(), author=admin)
        Listening.objects.create(user=admin, recording=other, position=9, seconds=10)
        factories.transcript(other, [(0, "Speaker 1", "refund")])
        assert early.call is not None
        found = actions.LockedRecordings(early.call)
        found.pair()
        found.update()
        [kept] = [row for row in RecordingJob.objects.all() if row.key == early.key]
        listening = Listening.objects.get(recording=kept)
        assert (listening.seconds, listening.position) == (30, 9)
        assert RecordingTag.objects.filter(recording=kept).count() == 1
        assert LineCorrection.objects.get().transcript.recording == kept
        assert not IndexedRecording.objects.exists()

    def test_its_address_leads_to_the_real_one_and_posts_are_not_lost(self, early: RecordingJob) -> None:
        job, client = self.requested(early), Client()
        client.force_login(factories.admin())
        for name in ("recording", "recording_original", "recording_audio"):
            answer = client.get(reverse(name, args=[early.pk]) + "?t=12")
            assert (answer.status_code, answer["Location"]) == (307, reverse(name, args=[job.pk]) + "?t=12")
        posted = client.post(reverse("recording_comment", args=[early.pk]), {"text": "late", "at": "1"}, follow=True)
        assert posted.status_code == 200
        assert Comment.objects.filter(recording=job).count() == 2

    def test_a_stranger_is_led_nowhere(self, early: RecordingJob) -> None:
        self.requested(early)
        client = Client()
        client.force_login(factories.user(teams=[factories.team()]))
        assert client.get(reverse("recording", args=[early.pk])).status_code == 404
        assert client.get(reverse("recording", args=[uuid4()])).status_code == 404
