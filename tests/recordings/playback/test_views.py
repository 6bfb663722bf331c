"""The audio of a recording over HTTP: ranges, versions, rights, traces, and what is said when there is none."""

import os
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.http import StreamingHttpResponse
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from recordings_site.accounts.models import AuditEvent, Role, Team, User
from recordings_site.destinations import actions
from recordings_site.destinations.actions import CredentialSets
from recordings_site.destinations.models import Destination
from recordings_site.recordings.lifecycle import sentences
from recordings_site.recordings.models import RecordingJob
from recordings_site.recordings.playback import stream
from recordings_site.recordings.playback.version import audio_url
from recordings_site.storage import AccessDenied, Body, StoreError, StoreUnavailable, circuit_breaker
from recordings_site.storage.local.adapter import LocalStore
from tests import factories
from tests.no_database import no_connection_left

pytestmark = pytest.mark.django_db
AUDIO = b"ID3" + os.urandom(300_000)
KEY = "calls/2026/one.mp3"


@pytest.fixture
def store(settings: Settings, tmp_path: Path) -> LocalStore:
    settings.LOCAL_STORE_ROOT = tmp_path
    return LocalStore(tmp_path / "demo")


@pytest.fixture
def recording(store: LocalStore) -> RecordingJob:
    destination = actions.create_destination(
        by=None, name="Demo", kind="local", bucket="demo", prefix="calls/", sets=CredentialSets("0123456789abcdef")
    )
    stat = store.write(KEY, AUDIO, content_type="audio/mpeg")
    return factories.recording(destination=destination, key=KEY, size=stat.size, etag=stat.etag)


@pytest.fixture
def support(recording: RecordingJob) -> User:
    assert recording.number is not None
    assert recording.number.team is not None
    return factories.user(teams=[recording.number.team])


@pytest.fixture
def client(client: Client, support: User) -> Client:
    client.force_login(support)
    return client


def url(recording: RecordingJob) -> str:
    return f"/recordings/{recording.pk}/audio"


def content(answer: Any) -> bytes:
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def leave(answer: Any) -> None:
    """Go away, as a client does, without the signal that would end the connection of the test."""
    for close in answer._resource_closers:
        close()


def test_the_whole_is_sent_without_a_range(client: Client, recording: RecordingJob) -> None:
    answer = client.get(url(recording))
    assert answer.status_code == 200
    assert content(answer) == AUDIO
    assert answer["Content-Type"] == "audio/mpeg"
    assert answer["Content-Length"] == str(len(AUDIO))
    assert answer["Accept-Ranges"] == "bytes"
    assert answer["ETag"] == recording.etag
    assert answer["Cache-Control"] == "private, no-store"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer["X-Frame-Options"] == "DENY"


@pytest.mark.parametrize(
    ("asked", "start", "stop"),
    [("bytes=0-", 0, len(AUDIO)), ("bytes=1000-1999", 1000, 2000), ("bytes=-5", len(AUDIO) - 5, len(AUDIO))],
)
def test_a_range_is_sent_as_a_part(client: Client, recording: RecordingJob, asked: str, start: int, stop: int) -> None:
    answer = client.get(url(recording), headers={"Range": asked})
    assert answer.status_code == 206
    assert content(answer) == AUDIO[start:stop]
    assert answer["Content-Range"] == f"bytes {start}-{stop - 1}/{len(AUDIO)}"
    assert answer["Content-Type"] == "audio/mpeg"


@pytest.mark.parametrize(
    ("object_", "kind"),
    [
        (b"RIFF\x24\x80\0\0WAVEfmt " + bytes(5000), "audio/wav"),
        (b"ID3\x04\0\0" + bytes(5000), "audio/mpeg"),
        (b"\xff\xfb\x90\x64" + bytes(5000), "audio/mpeg"),
    ],
)
@pytest.mark.parametrize("asked", ["bytes=0-1", "bytes=0-0", "bytes=1-2", "bytes=-2", "bytes=0-"])
def test_what_an_object_is_does_not_depend_on_the_bytes_that_were_asked_for(
    client: Client, recording: RecordingJob, store: LocalStore, object_: bytes, kind: str, asked: str
) -> None:
    """Safari asks for two bytes first, and plays nothing unless it gets them."""
    stat = store.write(KEY, object_, content_type="audio/mpeg")
    RecordingJob.objects.update(size=stat.size, etag=stat.etag)
    for ask in (client.get, client.head, client.get):
        answer = ask(url(recording), headers={"Range": asked})
        assert (answer.status_code, answer["Content-Type"]) == (206, kind)
        start, stop = (int(each) for each in answer["Content-Range"][6:].split("/")[0].split("-"))
        assert content(answer) == (object_[start : stop + 1] if ask == client.get else b"")


def test_a_range_beyond_the_end_is_416_with_the_size(client: Client, recording: RecordingJob) -> None:
    answer = client.get(url(recording), headers={"Range": "bytes=999999-"})
    assert (answer.status_code, answer["Content-Range"]) == (416, f"bytes */{len(AUDIO)}")


def test_if_range_of_another_version_brings_the_whole(client: Client, recording: RecordingJob) -> None:
    asked = {"Range": "bytes=5-9"}
    assert content(client.get(url(recording), headers={**asked, "If-Range": '"other"'})) == AUDIO
    assert content(client.get(url(recording), headers={**asked, "If-Range": recording.etag})) == AUDIO[5:10]


def test_head_has_the_headers_of_get_and_leaves_no_trace(client: Client, recording: RecordingJob) -> None:
    got = client.get(url(recording), headers={"Range": "bytes=5-9"})
    assert content(got) == AUDIO[5:10]
    before = AuditEvent.objects.count()
    head = client.head(url(recording), headers={"Range": "bytes=5-9"})
    assert (head.status_code, head.content) == (206, b"")
    names = ("Content-Length", "Content-Range", "Content-Type", "ETag", "Accept-Ranges")
    assert {name: head[name] for name in names} == {name: got[name] for name in names}
    assert AuditEvent.objects.count() == before


def test_an_empty_object_has_an_empty_body(client: Client, recording: RecordingJob, store: LocalStore) -> None:
    stat = store.write(KEY, b"", content_type="audio/mpeg")
    RecordingJob.objects.update(size=0, etag=stat.etag)
    assert content(client.get(url(recording))) == b""
    assert client.get(url(recording), headers={"Range": "bytes=0-"})["Content-Range"] == "bytes */0"


@pytest.mark.parametrize("role", Role)
def test_one_may_play_what_one_may_see(role: Role, recording: RecordingJob, store: LocalStore) -> None:
    ours, others = factories.team(), factories.team()
    place = {"destination": recording.destination, "size": recording.size, "etag": recording.etag}
    made = [
        factories.recording(key="calls/1.mp3", number=factories.number(team=ours), **place),
        factories.recording(key="calls/2.mp3", number=factories.number(team=others), **place),
        factories.recording(key="calls/3.mp3", number=factories.number(team=None), **place),
        factories.recording(key="calls/4.mp3", call=None, number=None, **place),
    ]
    for each in made:
        stat = store.write(each.key, AUDIO, content_type="audio/mpeg")
        RecordingJob.objects.filter(pk=each.pk).update(size=stat.size, etag=stat.etag)
    person, client = factories.user(role, teams=[ours]), Client()
    client.force_login(person)
    got = {each.pk: client.get(url(each), headers={"Range": "bytes=0-9"}) for each in made}
    for answer in got.values():
        content(answer)
    seen = set(RecordingJob.objects.visible_to(person).values_list("pk", flat=True))
    assert {pk for pk, answer in got.items() if answer.status_code == 206} == seen & got.keys()
    assert seen & got.keys(), "nobody sees nothing here"
    assert {answer.status_code for pk, answer in got.items() if pk not in seen} <= {404}
    assert client.get(f"/recordings/{uuid.uuid4()}/audio").status_code == 404
    assert AuditEvent.objects.filter(action="audio.opened").count() == len(seen & got.keys())


def test_who_is_not_signed_in_any_more_is_sent_to_the_sign_in(client: Client, recording: RecordingJob) -> None:
    assert content(client.get(url(recording))) == AUDIO
    User.objects.update(is_active=False)
    assert client.get(url(recording)).status_code == 302
    User.objects.update(is_active=True)
    Session.objects.all().delete()
    answer = client.get(url(recording))
    assert (answer.status_code, answer["Location"][:17]) == (302, "/accounts/login/?")
    assert Client().get(url(recording)).status_code == 302


def test_other_hosts_get_nothing(client: Client, recording: RecordingJob) -> None:
    assert client.get(url(recording), headers={"Host": "elsewhere.example"}).status_code == 400


def test_where_https_is_insisted_on_nothing_is_sent_in_clear(
    client: Client, recording: RecordingJob, settings: Settings
) -> None:
    settings.SECURE_SSL_REDIRECT = True
    assert client.get(url(recording)).status_code == 301
    assert content(client.get(url(recording), secure=True)) == AUDIO


def test_each_request_is_checked(client: Client, recording: RecordingJob, support: User) -> None:
    assert content(client.get(url(recording))) == AUDIO
    support.teams.set([Team.objects.create(name="Elsewhere")])
    assert client.get(url(recording), headers={"Range": "bytes=0-9"}).status_code == 404
    assert client.post(url(recording)).status_code == 405


def test_opening_is_written_down_once_in_half_an_hour_per_person(
    client: Client, recording: RecordingJob, support: User, time_machine: Any
) -> None:
    def opened() -> int:
        return AuditEvent.objects.filter(action="audio.opened", subject_id=str(recording.pk)).count()

    for asked in ("bytes=0-", "bytes=5000-", "bytes=-9"):
        content(client.get(url(recording), headers={"Range": asked}))
    assert opened() == 1
    row = AuditEvent.objects.get(action="audio.opened")
    assert (row.actor_id, row.address) == (support.pk, "127.0.0.1")
    other = Client()
    other.force_login(factories.admin())
    content(other.get(url(recording)))
    assert opened() == 2


def test_who_takes_all_of_the_audio_by_the_players_address_leaves_a_row(
    client: Client, recording: RecordingJob, support: User
) -> None:
    def whole() -> int:
        return AuditEvent.objects.filter(action="audio.sent_whole", actor_id=support.pk).count()

    content(client.get(url(recording), headers={"Range": "bytes=0-999"}))
    content(client.get(url(recording), headers={"Range": "bytes=2000-2999"}))
    assert whole() == 0, "a part is no copy"
    content(client.get(url(recording), headers={"Range": f"bytes=1000-{len(AUDIO) - 1}"}))
    assert whole() == 1, "in several requests"
    content(client.get(url(recording)))
    assert whole() == 1, "once in half an hour"


def test_a_recording_that_was_not_seen_yet_is_looked_up_and_its_version_kept(
    client: Client, recording: RecordingJob
) -> None:
    RecordingJob.objects.update(size=None, etag="")
    assert content(client.get(url(recording), headers={"Range": "bytes=7-9"})) == AUDIO[7:10]
    recording.refresh_from_db()
    assert (recording.size, recording.problem_code) == (len(AUDIO), "")
    assert recording.etag


def test_a_replaced_object_plays_in_its_new_version_and_that_is_told(
    client: Client, recording: RecordingJob, store: LocalStore
) -> None:
    new = b"ID3" + os.urandom(5000)
    old_mark = audio_url(recording)
    store.write(KEY, new, content_type="audio/mpeg")
    assert client.get(url(recording), headers={"Range": "bytes=100-"}).status_code == 409
    assert content(client.get(url(recording))) == new
    recording.refresh_from_db()
    assert "replaced in storage on" in sentences.reason(recording)
    assert AuditEvent.objects.filter(action="recording.replaced").count() == 1
    assert content(client.get(url(recording), headers={"Range": "bytes=100-"})) == new[100:]
    answer = client.get(old_mark, headers={"Range": "bytes=100-"})
    assert answer.status_code == 409
    assert b"Reload the page" in answer.content
    assert content(client.get(audio_url(recording), headers={"Range": "bytes=100-"})) == new[100:]


def test_an_html_file_named_mp3_is_not_sent(client: Client, recording: RecordingJob, store: LocalStore) -> None:
    stat = store.write(KEY, b"<script>alert(1)</script>" * 99, content_type="text/html")
    RecordingJob.objects.update(size=stat.size, etag=stat.etag)
    for asked in ({}, {"Range": "bytes=9-20"}, {"Range": "bytes=0-1"}):
        answer = client.get(url(recording), headers=asked)
        assert answer.status_code == 415
        assert "isn’t audio".encode() in answer.content
        assert b"script" not in answer.content
    assert client.head(url(recording)).status_code == 415


@pytest.mark.parametrize(
    ("facts", "status", "says"),
    [
        ({}, 404, "removed or renamed outside"),
        ({"state": "finished"}, 404, "has not uploaded it yet"),
        ({"state": "not_recorded"}, 404, "never answered"),
        ({"state": "expected"}, 404, "Not uploaded yet"),
        (
            {
                "state": "deleted",
                "deleted_at": factories.LONG_AGO,
                "deleted_code": "gone",
                "deleted_values": {"at": factories.LONG_AGO.isoformat()},
            },
            410,
            "deleted on 14 January 2026: it was no longer in storage on 14 January 2026",
        ),
        (
            {
                "state": "finished",
                "overdue_since": factories.LONG_AGO,
                "overdue_kind": "missing",
                "overdue_code": "not_written",
                "overdue_values": {"minutes": 1440},
            },
            404,
            "Missing: nothing was uploaded within 24 hours",
        ),
        ({"destination": None}, 404, "removed or renamed outside this site"),
    ],
)
def test_a_missing_object_says_why(
    client: Client, recording: RecordingJob, store: LocalStore, facts: dict[str, Any], status: int, says: str
) -> None:
    store.delete(KEY)
    RecordingJob.objects.update(**facts)
    answer = client.get(url(recording))
    assert (answer.status_code, answer["Content-Type"]) == (status, "text/plain; charset=utf-8")
    assert says in answer.content.decode()
    page = client.get(url(recording), headers={"Accept": "text/html"})
    assert page.status_code == status
    assert says in page.content.decode()
    assert "<h1" in page.content.decode()


class Faulty(LocalStore):
    """A folder whose reading fails, or hangs until it may answer."""

    error: StoreError | None = None
    asked = 0
    may_answer: threading.Event
    bodies: list[Body] = []

    def read(self, key: str, start: int = 0, stop: int | None = None, *, etag: str | None = None) -> Body:
        self.asked += 1
        assert self.may_answer.wait(60)
        if self.error:
            raise self.error
        body = super().read(key, start, stop, etag=etag)
        self.bodies.append(body)
        return body


@pytest.fixture
def faulty(store: LocalStore, monkeypatch: pytest.MonkeyPatch) -> Iterator[Faulty]:
    found = Faulty(store._root)
    found.bodies = []
    found.may_answer = threading.Event()
    found.may_answer.set()
    monkeypatch.setattr(Destination, "read_store", lambda self: found)
    yield found
    circuit_breaker.reset()


def test_refused_access_names_the_destination_to_admins_alone(
    client: Client, recording: RecordingJob, faulty: Faulty
) -> None:
    faulty.error = AccessDenied("The secret key is wrong.")
    told = client.get(url(recording))
    assert told.status_code == 502
    assert b"Ask an admin to check" in told.content
    assert b"Demo" not in told.content
    admin = Client()
    admin.force_login(factories.admin())
    assert (
        "(destination Demo). The storage service "
        "said: The secret key is wrong." in admin.get(url(recording)).content.decode()
    )


def test_a_dead_store_gives_an_error_at_once_with_retry_after(
    client: Client, recording: RecordingJob, faulty: Faulty
) -> None:
    faulty.error = StoreUnavailable("refused")
    answer = client.get(url(recording))
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")


def test_a_hung_store_gives_an_error_within_three_seconds_and_its_late_body_is_closed(
    client: Client, recording: RecordingJob, faulty: Faulty
) -> None:
    assert circuit_breaker.TIMEOUT < 3
    faulty.may_answer.clear()
    assert client.get(url(recording)).status_code == 503
    assert client.get(url(recording)).status_code == 503
    assert faulty.asked == 1, "it is not asked again at once"
    faulty.may_answer.set()
    deadline = time.monotonic() + 60
    while not (faulty.bodies and faulty.bodies[0]._closed) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert [body._closed for body in faulty.bodies] == [True]
    assert AuditEvent.objects.filter(action="audio.opened").count() == 0


def test_a_client_that_goes_away_frees_the_store(client: Client, recording: RecordingJob, faulty: Faulty) -> None:
    answer = client.get(url(recording))
    assert isinstance(answer, StreamingHttpResponse)
    next(iter(answer.streaming_content))
    leave(answer)
    assert faulty.bodies
    assert all(body._closed for body in faulty.bodies)


def test_more_listeners_than_the_cap_are_asked_to_wait_and_get_their_turn(
    client: Client, recording: RecordingJob, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "_streams", threading.BoundedSemaphore(2))
    listening = [client.get(url(recording)) for _ in range(2)]
    refused = client.get(url(recording))
    assert refused.status_code == 503
    assert b"Too many people" in refused.content
    assert client.head(url(recording)).status_code == 200
    leave(listening[0])
    assert content(client.get(url(recording))) == AUDIO
    leave(listening[1])


@pytest.mark.django_db(transaction=True)
def test_no_database_connection_is_held_while_bytes_flow(client: Client, recording: RecordingJob) -> None:
    answer = client.get(url(recording))
    assert isinstance(answer, StreamingHttpResponse)
    assert connection.connection is None
    assert content(answer) == AUDIO
    assert connection.connection is None


@pytest.mark.django_db(transaction=True)
def test_a_player_gets_a_sentence_when_no_connection_is_available(client: Client, recording: RecordingJob) -> None:
    client.raise_request_exception = False
    with no_connection_left():
        answer = client.get(url(recording), headers={"Range": "bytes=7-9", "Accept": "*/*"})
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert answer["Content-Type"].startswith("text/plain")
    assert b"database is busy" in answer.content


def test_a_range_costs_four_queries_however_much_there_is(
    client: Client,
    recording: RecordingJob,
    support: User,
    django_assert_num_queries: Callable[[int], AbstractContextManager[Any]],
) -> None:
    content(client.get(url(recording)))
    with django_assert_num_queries(5):  # session, person, its times, recording with its destination, opened lately
        assert content(client.get(url(recording), headers={"Range": "bytes=5-9"})) == AUDIO[5:10]
    with django_assert_num_queries(4):
        assert content(client.get(url(recording), headers={"Range": "bytes=6-9"})) == AUDIO[6:10]
    for _ in range(50):
        other = factories.recording(number=factories.number(team=factories.team()))
        assert other.number is not None
        assert other.number.team is not None
        support.teams.add(other.number.team)
    with django_assert_num_queries(4):
        assert content(client.get(url(recording), headers={"Range": "bytes=7-9"})) == AUDIO[7:10]


def test_what_is_remembered_of_the_audit_trail_ends_with_the_half_hour(
    client: Client, recording: RecordingJob, time_machine: Any
) -> None:
    began = timezone.now()
    for minutes, rows in ((0, 1), (1, 1), (29, 1), (31, 2), (59, 2), (62, 3)):
        time_machine.move_to(began + timedelta(minutes=minutes))
        content(client.get(url(recording), headers={"Range": "bytes=5-9"}))
        assert AuditEvent.objects.filter(action="audio.opened", subject_id=str(recording.pk)).count() == rows
