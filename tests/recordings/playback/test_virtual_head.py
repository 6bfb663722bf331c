"""An mp3 of variable bit rate that brings no seek table is sent behind one of ours."""

import random
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from recordings_site.recordings.audio import mp3, mp3_parts, mp3_table
from recordings_site.recordings.ingest import inspect
from recordings_site.recordings.models import RecordingJob
from recordings_site.recordings.playback.version import known_version
from recordings_site.simulator.speech import conversations
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def bare(tmp_path: Path) -> bytes:
    """An mp3 of variable bit rate without a table of contents, with an ID3 tag before."""
    if shutil.which("ffmpeg") is None:
        pytest.skip("ffmpeg makes the file of this test")
    talk = tmp_path / "talk.mp3"
    talk.write_bytes(conversations.sound(conversations.conversations()[0]))
    made = tmp_path / "bare.mp3"
    command = ["ffmpeg", "-v", "error", "-i", str(talk), "-q:a", "6", "-write_xing", "0", str(made)]
    subprocess.run(command, check=True)
    return made.read_bytes()


@pytest.fixture
def recording(bare: bytes, settings: Any, tmp_path: Path) -> RecordingJob:
    settings.LOCAL_STORE_ROOT = tmp_path / "store"
    job = factories.recording(duration=None, size=None)
    job.destination.write_store().write(job.key, bare, content_type="audio/mpeg")
    return job


@pytest.fixture
def client(client: Client, recording: RecordingJob) -> Client:
    client.force_login(factories.admin())
    return client


def fetch(client: Client, recording: RecordingJob, asked: str = "", **headers: str) -> Any:
    return client.get(f"/recordings/{recording.pk}/audio", headers={"range": asked, **headers} if asked else headers)


def body(answer: Any) -> bytes:
    return b"".join(answer.streaming_content)


def test_it_gets_a_table_and_loses_what_came_before_its_frames(client, recording, bare):
    inspect.inspect(recording.pk)
    sent = body(fetch(client, recording))
    (stretch,) = mp3.read(bare).stretches
    assert sent == mp3_table.head(stretch) + bare[stretch.pieces[0][0] :]
    assert mp3_parts.read(sent).table


def test_each_range_is_that_of_the_whole(client, recording):
    inspect.inspect(recording.pk)
    whole = body(fetch(client, recording))
    head = len(known_version(RecordingJob.objects.get()).layout.head)
    draw = random.Random(3)
    edges = [
        (0, 1),
        (0, head - 1),
        (0, head),
        (head - 1, head),
        (head, head),
        (head + 1, head + 9),
        (0, len(whole) - 1),
    ]
    for start, last in edges + [sorted(draw.sample(range(len(whole)), 2)) for _ in range(60)]:
        answer = fetch(client, recording, f"bytes={start}-{last}")
        assert answer.status_code == 206
        assert answer["Content-Range"] == f"bytes {start}-{last}/{len(whole)}"
        assert int(answer["Content-Length"]) == last - start + 1
        assert body(answer) == whole[start : last + 1], (start, last)
    assert fetch(client, recording, f"bytes={len(whole)}-").status_code == 416


def test_what_is_sent_with_the_table_is_never_mixed_with_what_was_sent_without(client, recording):
    before = fetch(client, recording)
    old_tag, old_bytes = before["ETag"], body(before)
    recording.refresh_from_db()
    old_mark = known_version(recording).token
    inspect.inspect(recording.pk)
    after = fetch(client, recording, "bytes=100-", **{"if-range": old_tag})
    assert after.status_code == 200
    assert after["ETag"] != old_tag
    assert body(after) != old_bytes
    # Who began before goes on as it was: the object is the same.
    assert (
        body(client.get(f"/recordings/{recording.pk}/audio?v={old_mark}", headers={"range": "bytes=100-"}))
        == old_bytes[100:]
    )


def test_nginx_is_not_asked_for_what_only_we_can_put_together(client, recording, settings):
    inspect.inspect(recording.pk)
    settings.AUDIO_DELIVERY = "accel"
    answer = fetch(client, recording)
    assert "X-Accel-Redirect" not in answer
    assert body(answer).find(b"Xing") > 0
