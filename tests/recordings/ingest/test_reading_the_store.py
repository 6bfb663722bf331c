"""What a worker does about recordings: reads them, reads transcripts, looks for what nobody announced."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from recordings_site.recordings.ingest import inspect, late_or_missing, transcripts
from recordings_site.recordings.lifecycle import sentences
from recordings_site.recordings.lifecycle.derive_state import state_of
from recordings_site.recordings.models import DeletedCode, OverdueKind, Problem, RecordingJob, State, Transcript
from recordings_site.simulator.speech import conversations
from recordings_site.storage import ObjectMissing
from recordings_site.tasks.models import Task
from tests import factories

pytestmark = pytest.mark.django_db

TALK = conversations.conversations()[0]
SOUND, WORDS = conversations.sound(TALK), conversations.transcript(TALK)
KEY = "calls/one.mp3"


def put(job: RecordingJob, data: bytes = SOUND, key: str = "") -> None:
    assert job.destination is not None
    job.destination.write_store().write(key or job.key, data, content_type="audio/mpeg")


def awaited(**fields: object) -> RecordingJob:
    """A recording that should be in the store, and of which nobody told."""
    facts = {"available_at": None, "key": KEY, "transcription": True, "locale": "en-US", "duration": None, "size": None}
    return factories.recording(**facts | fields)


def announced(**fields: object) -> RecordingJob:
    return awaited(**{"available_at": timezone.now()} | fields)


def fresh(job: RecordingJob) -> RecordingJob:
    job = RecordingJob.objects.get(pk=job.pk)
    assert job.state == state_of(job)
    return job


class TestInspection:
    def test_the_object_is_measured_once_per_version(self):
        job = announced()
        put(job)
        inspect.inspect(job.pk)
        first = fresh(job)
        assert first.duration == pytest.approx(TALK.seconds, abs=0.1)
        assert (first.size, first.content_type, first.problem_code) == (len(SOUND), "audio/mpeg", "")
        assert first.audio["format"] == "mp3"
        assert [first.audio[fact] for fact in ("sample_rate", "channels", "kbits", "vbr")] == [8000, 1, 16.0, False]
        assert first.audio_index.peaks
        inspect.inspect(job.pk)
        assert fresh(job).checked_at == first.checked_at

    def test_another_version_is_measured_anew_and_said_to_have_replaced_the_first(self):
        job = announced()
        put(job)
        inspect.inspect(job.pk)
        put(job, conversations.sound(TALK, stop=10.0))
        inspect.inspect(job.pk)
        assert fresh(job).duration == pytest.approx(10, abs=0.1)
        assert fresh(job).problem_code == Problem.REPLACED

    def test_what_is_no_audio_is_kept_as_a_problem_in_words(self):
        job = announced()
        put(job, b"<html>not yours</html>")
        inspect.inspect(job.pk)
        assert fresh(job).problem_code == Problem.NOT_AUDIO
        assert fresh(job).duration is None

    def test_what_was_announced_and_is_not_there_is_tried_again(self):
        with pytest.raises(ObjectMissing):
            inspect.inspect(announced().pk)

    def test_a_place_that_is_none_of_ours_is_left_alone(self):
        job = announced(key="")
        inspect.inspect(job.pk)
        assert fresh(job).checked_at is None

    def test_a_transcript_that_was_asked_for_and_not_announced_is_looked_for_later(self):
        job = announced()
        put(job)
        inspect.inspect(job.pk)
        assert Task.objects.get(kind="transcript.look").subject == str(job.pk)
        without = announced(transcription=False, key="calls/two.mp3")
        put(without)
        inspect.inspect(without.pk)
        assert not Task.objects.filter(kind="transcript.look", subject=without.pk).exists()


class TestTranscripts:
    def test_it_is_kept_as_it_came_with_its_lines_in_order(self):
        job = announced()
        put(job, WORDS, "calls/one-transcript.json")
        transcripts.load(job.pk)
        transcript = Transcript.objects.get()
        assert bytes(transcript.raw) == WORDS
        spoken = json.loads(WORDS)["lines"]
        assert list(transcript.lines.values_list("timestamp", "speaker_label", "text")) == [
            (line["timestamp"], line["speakerLabel"], line["text"]) for line in spoken
        ]
        assert fresh(job).transcript_available_at is not None

    def test_the_same_file_twice_changes_nothing_and_another_takes_its_place(self):
        job = announced()
        put(job, WORDS, "calls/one-transcript.json")
        transcripts.load(job.pk)
        first = Transcript.objects.get()
        transcripts.load(job.pk)
        assert Transcript.objects.get().loaded_at == first.loaded_at
        put(job, b'{"lines": [{"timestamp": "1.5", "text": "Another."}]}', "calls/one-transcript.json")
        transcripts.load(job.pk)
        assert list(Transcript.objects.get().lines.values_list("timestamp", "text")) == [(1.5, "Another.")]

    @pytest.mark.parametrize("raw", [b'{"text": "", "lines": []}', b"{}", b"no json", b"[]", b""])
    def test_an_empty_or_broken_file_is_an_empty_transcript_and_the_broken_says_so(self, raw: bytes):
        job = announced()
        put(job, raw, "calls/one-transcript.json")
        transcripts.load(job.pk)
        transcript = Transcript.objects.get()
        assert (transcript.line_count, bytes(transcript.raw)) == (0, raw)
        assert bool(transcript.problems) == (raw != b'{"text": "", "lines": []}')

    def test_a_file_that_is_too_large_is_not_read_and_says_so_until_a_smaller_one_comes(self, monkeypatch):
        job = announced()
        put(job, WORDS, "calls/one-transcript.json")
        monkeypatch.setattr(transcripts, "MAX_BYTES", 100)
        transcripts.load(job.pk)
        transcript = Transcript.objects.get()
        assert (transcript.is_too_large, transcript.line_count, bytes(transcript.raw)) == (True, 0, b"")
        assert transcript.problems[0]["size"] == len(WORDS)
        assert fresh(job).transcript_available_at is not None
        monkeypatch.undo()
        transcripts.load(job.pk)
        assert not Transcript.objects.get().is_too_large
        assert Transcript.objects.get().line_count > 0

    @pytest.mark.parametrize(
        ("reported", "key"),
        [
            ("local://{bucket}/folder/x-transcript.json", "folder/x-transcript.json"),
            ("local://{bucket}/folder/a%20b-transcript.json", "folder/a b-transcript.json"),
            ("https://www.sinch.com/calling/v1/recording/x-transcript.json", "calls/one-transcript.json"),
            ("local://none-of-ours/x-transcript.json", "calls/one-transcript.json"),
            ("", "calls/one-transcript.json"),
        ],
    )
    def test_it_lies_where_sinch_says_in_full_else_beside_the_recording(self, reported: str, key: str):
        job = announced()
        job.reported_transcript_destination = reported.format(bucket=job.destination.bucket)
        job.save()
        put(job, WORDS, key)
        transcripts.load(job.pk)
        assert Transcript.objects.get().recording == job

    def test_without_a_recording_it_lies_in_the_folder_that_was_asked_for(self):
        told = "https://www.sinch.com/calling/v1/recording/x-transcript.json"
        job = announced(key="", folder="calls/", reported_transcript_destination=told)
        put(job, WORDS, "calls/x-transcript.json")
        transcripts.load(job.pk)
        assert Transcript.objects.get().recording == job


@pytest.mark.parametrize("kept", ["calls/Sales team/é.mp3", "calls/Sales%20team/é.mp3", "calls/Sales team/e\u0301.mp3"])
@pytest.mark.parametrize("known", ["calls/Sales team/é.mp3", "calls/Sales%20team/%C3%A9.mp3"])
def test_a_file_is_found_whichever_way_its_key_is_spelled(kept: str, known: str) -> None:
    job = announced(key=known)
    job.reported_destination = f"local://{job.destination.bucket}/{kept}"
    job.save()
    put(job, key=kept)
    inspect.inspect(job.pk)
    job.refresh_from_db()
    assert (job.key, job.duration is not None) == (kept, True)


class TestLooking:
    def test_a_file_without_a_notification_is_found_at_the_requested_key(self):
        job = awaited()
        put(job)
        assert late_or_missing.look_for_recording(job.pk, since=timezone.now()) is None
        assert fresh(job).state == State.AVAILABLE
        assert Task.objects.get(kind="recording.inspect").subject == str(job.pk)

    def test_a_file_whose_name_was_left_to_sinch_is_found_by_its_call(self):
        job = awaited(key="", folder="calls/")
        name = f"{job.happened_at:%Y%m%d%H%M%S}_some-key_{job.call.call_id}.mp3"
        put(job, key=f"calls/{name}")
        put(job, key=f"calls/{job.happened_at:%Y%m%d%H%M%S}_some-key_another-call.mp3")
        put(job, WORDS, f"calls/{name.replace('.mp3', '-transcript.json')}")
        assert late_or_missing.look_for_recording(job.pk, since=timezone.now()) is None
        assert fresh(job).key == f"calls/{name}"

    def test_it_is_late_then_missing_each_with_its_reason_and_found_when_it_comes_after_all(self, settings):
        job = awaited()
        began = timezone.now()
        again = late_or_missing.look_for_recording(job.pk, since=began)
        assert again == began + timedelta(minutes=settings.LATE_AFTER_MINUTES)
        assert fresh(job).overdue_since is None
        late = timezone.now() - timedelta(minutes=settings.LATE_AFTER_MINUTES + 1)
        assert late_or_missing.look_for_recording(job.pk, since=late) > timezone.now()
        assert fresh(job).overdue_kind == OverdueKind.LATE
        missing = timezone.now() - timedelta(minutes=settings.MISSING_AFTER_MINUTES + 1)
        assert late_or_missing.look_for_recording(job.pk, since=missing) is None
        assert fresh(job).overdue_kind == OverdueKind.MISSING
        assert "write credentials" in sentences.reason(fresh(job))
        put(job)
        late_or_missing.look_for_recording(job.pk, since=missing)
        assert (fresh(job).overdue_since, fresh(job).state) == (None, State.AVAILABLE)

    @pytest.mark.parametrize("fact", ["available_at", "not_recorded_at", "deleted_at"])
    def test_there_is_nothing_to_look_for_once_it_is_there_or_cannot_be(self, fact: str):
        why = {"deleted_code": DeletedCode.GONE} if fact == "deleted_at" else {}
        job = awaited(**{"started_at": None, "finished_at": None, fact: timezone.now()}, **why)
        assert late_or_missing.look_for_recording(job.pk, since=timezone.now()) is None

    def test_a_transcript_without_a_notification_is_found_and_loaded(self):
        job = announced()
        put(job, WORDS, "calls/one-transcript.json")
        assert late_or_missing.look_for_transcript(job.pk, since=timezone.now()) is None
        assert Task.objects.get(kind="transcript.load").subject == str(job.pk)

    def test_a_transcript_that_does_not_come_is_late_until_it_is_read(self, settings):
        job = announced()
        since = timezone.now() - timedelta(minutes=settings.TRANSCRIPT_LATE_AFTER_MINUTES + 1)
        assert late_or_missing.look_for_transcript(job.pk, since=since) > timezone.now()
        assert fresh(job).transcript_overdue_since is not None
        put(job, WORDS, "calls/one-transcript.json")
        transcripts.load(job.pk)
        assert fresh(job).transcript_overdue_since is None

    def test_a_call_whose_end_was_not_received_is_followed_up(self):
        call = factories.call(ended_at=None, dice_received_at=None, dice_result="")
        job = awaited(call=call, finished_at=None)
        assert late_or_missing.enqueue_calls_without_end() == 1
        assert Task.objects.get(kind="recording.look").subject == str(job.pk)


def test_nothing_is_left_in_the_temporary_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    job = announced()
    put(job)
    inspect.inspect(job.pk)
    assert list(tmp_path.iterdir()) == []
