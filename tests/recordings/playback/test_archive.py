"""The audio of several recordings as one archive: what is in it, what it says of the rest, and how it ends early."""

import io
from collections.abc import Iterator
from pathlib import Path
from zipfile import ZIP_STORED, BadZipFile, ZipFile

import pytest
from django.test import Client
from pytest_django import Settings

from recordings_site.accounts.models import AuditEvent, Role, User
from recordings_site.policies.models import PhoneNumber
from recordings_site.recordings.models import RecordingJob
from recordings_site.recordings.playback.archive import PROBLEMS
from recordings_site.recordings.playback.stream import Stream
from recordings_site.storage import StoreUnavailable
from tests import factories

pytestmark = pytest.mark.django_db
SOUNDS = (b"ID3" + b"a" * 200_000, b"ID3" + b"b" * 90_000)


@pytest.fixture
def number(settings: Settings, tmp_path: Path) -> PhoneNumber:
    settings.LOCAL_STORE_ROOT = tmp_path
    return factories.number(label="Support")


@pytest.fixture
def recordings(number: PhoneNumber) -> list[RecordingJob]:
    """Two recordings of the number's team, whose files lie in their stores."""
    made = []
    for sound in SOUNDS:
        recording = factories.recording(number=number, size=len(sound))
        assert recording.destination is not None
        recording.destination.write_store().write(recording.key, sound, content_type="audio/mpeg")
        made.append(recording)
    return made


@pytest.fixture
def supervisor(number: PhoneNumber) -> User:
    return factories.user(Role.SUPERVISOR, teams=[number.team])


def pieces(person: User, *wanted: RecordingJob) -> Iterator[bytes]:
    browser = Client()
    browser.force_login(person)
    answer = browser.get("/recordings/audio/", {"pk": [str(each.pk) for each in wanted]})
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/zip")
    return iter(answer.streaming_content)


def unpacked(data: bytes) -> dict[str, bytes]:
    with ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        assert {each.compress_type for each in archive.infolist()} <= {ZIP_STORED}
        return {name: archive.read(name) for name in archive.namelist()}


def test_each_file_is_whole_under_a_name_that_says_what_it_is_and_audited(
    recordings: list[RecordingJob], supervisor: User
) -> None:
    files = unpacked(b"".join(pieces(supervisor, *recordings)))
    assert list(files.values()) == list(SOUNDS)
    assert all(each.pk.hex[:8] in name and name.endswith(".mp3") for name, each in zip(files, recordings, strict=True))
    trail = AuditEvent.objects.filter(action="audio.downloaded", actor_id=supervisor.pk)
    assert {each.subject_id for each in trail} == {str(each.pk) for each in recordings}


def test_what_is_not_there_is_named_with_the_reason_and_the_rest_is_whole(
    recordings: list[RecordingJob], supervisor: User, number: PhoneNumber
) -> None:
    expected = factories.overdue(number=number)
    files = unpacked(b"".join(pieces(supervisor, recordings[0], expected)))
    said = files.pop(PROBLEMS).decode()
    assert list(files.values()) == [SOUNDS[0]]
    assert expected.pk.hex[:8] in said
    assert len(said.splitlines()) == 1
    assert not AuditEvent.objects.filter(action="audio.downloaded", subject_id=str(expected.pk)).exists()


def test_nothing_of_others_is_in_it(recordings: list[RecordingJob], supervisor: User) -> None:
    foreign = factories.recording()
    files = unpacked(b"".join(pieces(supervisor, recordings[0], foreign)))
    assert list(files.values()) == [SOUNDS[0]]
    browser = Client()
    browser.force_login(supervisor)
    for selected in ({}, {"pk": str(foreign.pk)}, {"pk": "nonsense"}):
        answer = browser.get("/recordings/audio/", selected)
        assert (answer.status_code, answer.content) == (400, b"Select at least one recording.")
    assert browser.head("/recordings/audio/", {"pk": str(recordings[0].pk)}).status_code == 200


def test_who_loses_access_on_the_way_gets_no_more(recordings: list[RecordingJob], supervisor: User) -> None:
    sent = pieces(supervisor, *recordings)
    begun = next(sent)
    supervisor.teams.clear()
    files = unpacked(begun + b"".join(sent))
    assert list(files.values())[:-1] == [SOUNDS[0]]
    assert "You no longer have access" in files[PROBLEMS].decode()


def test_a_store_that_fails_on_the_way_breaks_the_answer(
    recordings: list[RecordingJob], supervisor: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = pieces(supervisor, *recordings)
    begun = [next(sent)]

    def fail(self: Stream) -> bytes:
        self.close()
        raise StoreUnavailable("gone")

    monkeypatch.setattr(Stream, "__next__", fail)
    with pytest.raises(StoreUnavailable):
        begun.extend(sent)
    with pytest.raises(BadZipFile):
        unpacked(b"".join(begun))


def test_a_file_that_ends_too_early_breaks_the_answer(
    recordings: list[RecordingJob], supervisor: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = pieces(supervisor, recordings[0])
    next(sent)

    def end(self: Stream) -> bytes:
        self.close()
        raise StopIteration

    monkeypatch.setattr(Stream, "__next__", end)
    with pytest.raises(Exception, match="ended after"):
        list(sent)
