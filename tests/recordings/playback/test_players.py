"""The requests that browsers send, in their order, for files of every kind: each gets the bytes of one whole.

Safari and iOS: CoreMedia asks for two bytes, then for all, then for the tail. Firefox and Chromium ask for all, then
from where a seek goes.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from recordings_site.accounts.models import AuditEvent
from recordings_site.recordings.ingest import inspect
from recordings_site.recordings.models import Problem, RecordingJob
from recordings_site.recordings.playback.version import audio_url, known_version
from recordings_site.tasks.models import Task
from tests import factories
from tests.recordings.audio.sounds import sound, tag, with_data_size, with_hole

pytestmark = pytest.mark.django_db

Ranges = Callable[[int], list[str]]
PLAYERS: dict[str, Ranges] = {
    "Safari": lambda size: ["0-1", f"0-{size - 1}", f"{size - 9000}-{size - 1}", f"{size // 2}-{size - 1}"],
    "iOS": lambda size: ["0-1", "0-8191", f"8192-{size - 1}", f"{size - 1}-{size - 1}"],
    "Firefox": lambda size: ["0-", f"{size // 2}-", f"{size - 128}-"],
    "Chromium": lambda size: ["0-", f"{size - 5000}-", f"{size // 3}-"],
    "a downloader": lambda size: ["-128", "0-0", "1-2", f"0-{size * 2}"],
}
FILES: dict[str, Callable[[], bytes]] = {
    "mp3 with a tag": lambda: sound("cbr.mp3"),
    "mp3 without": lambda: sound("cbr-bare.mp3"),
    "mp3 with two tags, one large": lambda: tag(400) + tag(200_000) + sound("cbr-bare.mp3"),
    "mp3 behind a NUL": lambda: b"\0" + sound("cbr.mp3"),
    "mp3 with a hole": lambda: with_hole(sound("vbr.mp3")),
    "two mp3s": lambda: sound("vbr.mp3") * 2,
    "mp3 without a table": lambda: sound("vbr-bare.mp3"),
    "WAV": lambda: sound("pcm.wav"),
    "WAV of unknown size": lambda: with_data_size(sound("pcm.wav"), 0xFFFFFFFF),
    "Ogg": lambda: sound("vorbis.ogg"),
    "MPEG-4": lambda: sound("aac.m4a"),
}
TYPES = {"WAV": "audio/wav", "WAV of unknown size": "audio/wav", "Ogg": "audio/ogg", "MPEG-4": "audio/mp4"}


@pytest.fixture
def stored(settings: Settings, tmp_path: Path) -> Callable[[bytes], RecordingJob]:
    """A recording whose object has these bytes, under a name that says mp3, and that nobody has seen yet."""
    settings.LOCAL_STORE_ROOT = tmp_path

    def store(data: bytes) -> RecordingJob:
        job = factories.recording(duration=None, size=None, key="calls/one.mp3")
        fill(job, data)
        return job

    return store


def fill(job: RecordingJob, data: bytes) -> None:
    assert job.destination is not None
    job.destination.write_store().write(job.key, data, content_type="audio/mpeg")


@pytest.fixture
def client(client: Client) -> Client:
    client.force_login(factories.admin())
    return client


def body(answer: Any) -> bytes:
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


@pytest.mark.parametrize("inspected", [False, True], ids=["new", "inspected"])
@pytest.mark.parametrize("name", FILES)
def test_every_player_gets_the_bytes_of_one_whole(client, stored, name, inspected):
    job = stored(FILES[name]())
    if inspected:
        inspect.inspect(job.pk)
        job.refresh_from_db()
    url = audio_url(job)
    whole = client.get(url)
    data, etag = body(whole), whole["ETag"]
    assert int(whole["Content-Length"]) == len(data)
    for player, ranges in PLAYERS.items():
        for asked in ranges(len(data)):
            for ask in (client.head, client.get):
                answer = ask(url, headers={"Range": f"bytes={asked}", "X-Playback-Session-Id": "1"})
                assert answer.status_code == 206, (player, asked)
                assert answer["Content-Type"] == TYPES.get(name, "audio/mpeg")
                assert answer["ETag"] == etag
                span, size = answer["Content-Range"].removeprefix("bytes ").split("/")
                start, last = map(int, span.split("-"))
                assert int(size) == len(data)
                assert int(answer["Content-Length"]) == last - start + 1
                assert body(answer) == (data[start : last + 1] if ask == client.get else b""), (player, asked)
    assert client.get(url, headers={"Range": f"bytes={len(data)}-"}).status_code == 416


@pytest.mark.parametrize("start", ["0", "7", "7.9", "1e300", "nan", "-4", "x"])
def test_a_player_may_begin_in_the_middle(client, stored, start):
    data = sound("vbr-bare.mp3")
    job = stored(data)
    inspect.inspect(job.pk)
    job.refresh_from_db()
    url = f"{audio_url(job)}&from={start}"
    whole = body(client.get(url))
    assert whole.endswith(data[-20_000:])
    if start in ("7", "7.9"):
        assert data.endswith(whole)
        assert known_version(job, 7.0) == known_version(job, 7.9) != known_version(job)
    else:
        assert whole == body(client.get(audio_url(job)))
    part = client.get(url, headers={"Range": "bytes=100-299"})
    assert (part.status_code, body(part)) == (206, whole[100:300])


def test_what_was_empty_at_first_is_looked_at_again(client, stored):
    job = stored(b"")
    assert client.get(audio_url(job), headers={"Range": "bytes=0-1"}).status_code == 416
    assert inspect.inspect(job.pk), "the worker comes back"
    job.refresh_from_db()
    assert job.problem_code == Problem.EMPTY
    page = audio_url(job)
    fill(job, sound("cbr.mp3"))
    answer = client.get(page, headers={"Range": "bytes=0-1"})
    assert (answer.status_code, body(answer)) == (206, sound("cbr.mp3")[:2])
    job.refresh_from_db()
    assert job.problem_code == ""
    assert not AuditEvent.objects.filter(action="recording.replaced").exists()
    assert Task.objects.filter(kind="recording.inspect", subject=str(job.pk)).exists()


def test_what_grew_is_looked_at_again_before_a_range_is_refused(client, stored):
    data = sound("cbr-bare.mp3")
    job = stored(data[:50_000])
    inspect.inspect(job.pk)
    job.refresh_from_db()
    old = audio_url(job)
    fill(job, data)
    assert client.get(old, headers={"Range": "bytes=60000-"}).status_code == 409
    answer = client.get(audio_url(RecordingJob.objects.get()), headers={"Range": "bytes=60000-"})
    assert (answer.status_code, body(answer)) == (206, data[60_000:])


def test_a_size_that_the_store_contradicts_is_not_insisted_upon(client, stored):
    """Some stores keep the ETag of an object that was appended to."""
    data = sound("cbr-bare.mp3")
    job = stored(data)
    inspect.inspect(job.pk)
    RecordingJob.objects.update(size=500, audio={})
    answer = client.get(f"/recordings/{job.pk}/audio", headers={"Range": "bytes=600-"})
    assert (answer.status_code, body(answer)) == (206, data[600:])
    job.refresh_from_db()
    assert job.size == len(data)


@pytest.mark.parametrize(
    ("name", "said", "ending"),
    [("gsm.wav", "GSM 6.10 in WAV", "wav"), ("wma.wma", "Windows Media Audio", "wma"), ("au.au", "Sun AU", "au")],
)
def test_what_no_browser_plays_is_offered_as_a_download(client, stored, name, said, ending):
    data = sound(name)
    job = stored(data)
    for _ in range(2):
        refused = client.get(audio_url(job), headers={"Range": "bytes=0-1"})
        assert refused.status_code == 415
        assert f"This file is {said}, which browsers can’t play. Download it" in refused.content.decode()
        page = client.get(f"/recordings/{job.pk}/").content.decode()
        inspect.inspect(job.pk)
        job.refresh_from_db()
    assert job.problem_code == Problem.UNPLAYABLE
    assert "<audio" not in page
    assert f"This file is {said}" in page
    assert f'href="/recordings/{job.pk}/download"' in page
    file = client.get(f"/recordings/{job.pk}/download")
    assert body(file) == data
    assert file["Content-Disposition"].endswith(f'.{ending}"')


def test_a_download_is_the_file_as_it_lies_in_the_store(client, stored):
    data = with_hole(sound("vbr.mp3"))
    job = stored(data)
    inspect.inspect(job.pk)
    assert body(client.get(f"/recordings/{job.pk}/download")) == data


def test_what_cannot_be_audio_is_not_fetched_whole(stored, monkeypatch):
    job = stored(sound("gsm.wav")[:60] + bytes(3_000_000))
    store = job.destination.read_store()
    taken: list[int] = []
    read = type(store).read

    def counted(self, key, start=0, stop=None, *, etag=None):
        taken.append((stop or 0) - start)
        return read(self, key, start, stop, etag=etag)

    monkeypatch.setattr(type(store), "read", counted)
    inspect.inspect(job.pk)
    assert sum(taken) <= 1 << 20
    monkeypatch.setattr(inspect, "LARGEST", 1_000)
    fill(job, sound("cbr.mp3"))
    taken.clear()
    inspect.inspect(job.pk)
    job.refresh_from_db()
    assert job.problem_code == Problem.TOO_LARGE
    assert len(taken) == 1
