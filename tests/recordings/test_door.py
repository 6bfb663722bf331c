"""Players get audio at the door, before all that is for pages, under the rules that hold behind it."""

import os
from pathlib import Path
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from pytest_django import Settings

from recordings_site.accounts.models import AuditEvent, User
from recordings_site.destinations import actions
from recordings_site.destinations.actions import CredentialSets
from recordings_site.recordings.models import RecordingJob
from recordings_site.storage.local import LocalStore
from tests import factories
from tests.no_database import no_connection_left

pytestmark = pytest.mark.django_db
AUDIO = b"ID3" + os.urandom(50_000)
KEY = "calls/one.mp3"
PAGE = {"Accept": "text/html,*/*"}


@pytest.fixture
def recording(settings: Settings, tmp_path: Path) -> RecordingJob:
    settings.LOCAL_STORE_ROOT = tmp_path
    place = actions.create_destination(
        by=None, name="Demo", kind="local", bucket="demo", prefix="calls/", sets=CredentialSets("0123456789abcdef")
    )
    stat = LocalStore(tmp_path / "demo").write(KEY, AUDIO, content_type="audio/mpeg")
    return factories.recording(destination=place, key=KEY, size=stat.size, etag=stat.etag)


@pytest.fixture
def person(recording: RecordingJob) -> User:
    assert recording.number is not None
    assert recording.number.team is not None
    return factories.user(teams=[recording.number.team])


@pytest.fixture
def client(client: Client, person: User) -> Client:
    client.force_login(person)
    return client


@pytest.fixture
def door_alone(settings: Settings) -> None:
    """Nobody stands behind the door: whoever is not answered there meets an error."""
    at = settings.MIDDLEWARE.index("recordings_site.recordings.door.audio_first")
    settings.MIDDLEWARE = [*settings.MIDDLEWARE[: at + 1], "tests.recordings.test_door.nobody_else"]


def nobody_else(get_response: object) -> object:
    """A middleware that lets nobody pass."""

    def answer(request: object) -> None:
        raise AssertionError("not at the door")

    return answer


def url(recording: RecordingJob) -> str:
    return f"/recordings/{recording.pk}/audio"


def content(answer: Any) -> bytes:
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


@pytest.mark.usefixtures("door_alone")
def test_a_player_is_answered_at_the_door(client: Client, recording: RecordingJob) -> None:
    answer = client.get(url(recording), headers={"Range": "bytes=7-9", "Accept": "*/*"})
    assert (answer.status_code, content(answer)) == (206, AUDIO[7:10])
    assert client.head(url(recording)).status_code == 200
    row = AuditEvent.objects.get(action="audio.opened")
    assert (str(row.actor_id), row.address) == (client.session["_auth_user_id"], "127.0.0.1")


@pytest.mark.usefixtures("door_alone")
def test_trouble_is_told_at_the_door(client: Client, recording: RecordingJob) -> None:
    RecordingJob.objects.update(state="finished", key="")
    answer = client.get(url(recording))
    assert (answer.status_code, answer["Content-Length"]) == (404, str(len(answer.content)))
    assert b"has not uploaded it yet" in answer.content


@pytest.mark.usefixtures("door_alone")
@pytest.mark.parametrize("path", ["/recordings/", "/recordings/{}/", "/recordings/{}/audio/", "/x/recordings/{}/audio"])
def test_all_else_passes(client: Client, recording: RecordingJob, path: str) -> None:
    with pytest.raises(AssertionError, match="not at the door"):
        client.get(path.format(recording.pk))


@pytest.mark.usefixtures("door_alone")
@pytest.mark.parametrize("asked", [{"method": "POST"}, {"method": "OPTIONS"}, {"headers": PAGE}])
def test_who_writes_or_wants_a_page_passes(client: Client, recording: RecordingJob, asked: dict[str, Any]) -> None:
    with pytest.raises(AssertionError, match="not at the door"):
        client.generic(asked.get("method", "GET"), url(recording), headers=asked.get("headers"))


def test_door_and_view_say_the_same(client: Client, recording: RecordingJob) -> None:
    door, view = (client.get(url(recording), headers={"Range": "bytes=0-4", **more}) for more in ({}, PAGE))
    assert (door.status_code, content(door)) == (view.status_code, content(view)) == (206, AUDIO[:5])
    # Nothing may keep an answer, so by which cookie it varies needs no saying.
    assert dict(door.headers) == {name: value for name, value in view.headers.items() if name != "Vary"}
    assert door["X-Frame-Options"] == "DENY"


def test_who_is_not_signed_in_any_more_is_sent_to_the_sign_in(client: Client, recording: RecordingJob) -> None:
    assert content(client.get(url(recording))) == AUDIO
    User.objects.update(is_active=False)
    assert client.get(url(recording)).status_code == 302
    User.objects.update(is_active=True)
    Session.objects.all().delete()
    answer = client.get(url(recording))
    assert (answer.status_code, answer["Location"][:17]) == (302, "/accounts/login/?")
    assert Client().get(url(recording)).status_code == 302


def test_what_one_may_not_hear_is_not_there(client: Client, recording: RecordingJob, person: User) -> None:
    person.teams.clear()
    assert client.get(url(recording)).status_code == 404
    assert client.get(f"/recordings/{factories.team().pk:032x}/audio").status_code == 404
    assert AuditEvent.objects.filter(action="audio.opened").count() == 0


def test_other_hosts_get_nothing(client: Client, recording: RecordingJob) -> None:
    assert client.get(url(recording), headers={"Host": "elsewhere.example"}).status_code == 400


def test_where_https_is_insisted_on_nothing_is_sent_in_clear(
    client: Client, recording: RecordingJob, settings: Settings
) -> None:
    settings.SECURE_SSL_REDIRECT = True
    assert client.get(url(recording)).status_code == 301
    assert content(client.get(url(recording), secure=True)) == AUDIO


@pytest.mark.django_db(transaction=True)
def test_a_player_is_told_that_no_connection_is_left(client: Client, recording: RecordingJob) -> None:
    client.raise_request_exception = False
    with no_connection_left():
        answer = client.get(url(recording), headers={"Range": "bytes=7-9", "Accept": "*/*"})
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert answer["Content-Type"].startswith("text/plain")
    assert b"database is busy" in answer.content
