"""The shipped nginx configuration, run by a real nginx in front of the site, with audio fetched from real stores."""

import http.client
import json
import os
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from http import HTTPStatus
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.test import Client
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from recordings_site.accounts.models import AuditEvent
from recordings_site.calls.models import CallbackDelivery
from recordings_site.destinations.models import Destination
from recordings_site.recordings.models import RecordingJob
from recordings_site.storage.circuit_breaker import CircuitBreaker
from tests import factories
from tests.destinations import made
from tests.running_callbacks import signed
from tests.running_site import free_port, receive
from tests.sinch_posts import ice
from tests.stores import nginx as real_nginx
from tests.stores.azurite import Azurite
from tests.stores.faults import faulty_server
from tests.stores.nginx import Nginx
from tests.stores.swift import Swift

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.stores]
AUDIO = b"ID3" + os.urandom(700_000)
KEY = "calls/2026-11-23/+46 ü&1.mp3"


@pytest.fixture
def nginx(live_server: LiveServer, tmp_path: Path, settings: Settings) -> Iterator[Nginx]:
    settings.AUDIO_DELIVERY = "accel"
    settings.ALLOWED_HOSTS = ["127.0.0.1", "localhost"]
    server = real_nginx.start(tmp_path, web=urlsplit(live_server.url).netloc)
    yield server
    server.stop()


@pytest.fixture
def cookie() -> str:
    client = Client()
    client.force_login(factories.admin())
    return f"sessionid={client.cookies['sessionid'].value}"


@pytest.fixture(params=["s3", "azure", "interoperability"])
def destination(request: pytest.FixtureRequest, fresh_name: Callable[[], str]) -> Destination:
    if request.param == "azure":
        azurite: Azurite = request.getfixturevalue("azurite")
        return made.on_azurite(azurite, azurite.make_container(fresh_name()))
    swift: Swift = request.getfixturevalue("swift")
    place = made.on_swift if request.param == "s3" else made.on_interoperability
    return place(swift, swift.make_bucket(fresh_name()))


def stored(destination: Destination, data: bytes = AUDIO) -> RecordingJob:
    """A recording whose object is there, seen before by a worker."""
    stat = destination.write_store().write(KEY, data, content_type="text/html")
    facts = {"size": stat.size, "etag": stat.etag, "audio": {"format": "mp3"}, "duration": 60.0}
    return factories.recording(destination=destination, key=KEY, **facts)


def get(nginx: Nginx, recording: RecordingJob, cookie: str, **headers: str) -> tuple[http.client.HTTPResponse, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", nginx.port, timeout=20)
    method = headers.pop("method", "GET")
    connection.request(method, f"/recordings/{recording.pk}/audio", headers={"Cookie": cookie, **headers})
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer, body


def test_audio_comes_from_the_store_with_our_headers_and_none_of_the_stores(
    nginx: Nginx, destination: Destination, cookie: str
) -> None:
    recording = stored(destination)
    answer, body = get(nginx, recording, cookie)
    assert (answer.status, body) == (HTTPStatus.OK, AUDIO)
    answer, body = get(nginx, recording, cookie, Range="bytes=600000-")
    assert (answer.status, body) == (HTTPStatus.PARTIAL_CONTENT, AUDIO[600_000:])
    assert answer.headers.get_all("Content-Range") == [f"bytes 600000-{len(AUDIO) - 1}/{len(AUDIO)}"]
    assert answer.headers.get_all("Content-Type") == ["audio/mpeg"]
    assert answer.headers.get_all("ETag") == [recording.etag]
    assert answer.headers.get_all("Cache-Control") == ["private, no-store"]
    assert answer.headers.get_all("Content-Security-Policy") == ["default-src 'none'; sandbox"]
    assert answer.headers.get_all("Accept-Ranges") == ["bytes"]
    told = [name.lower() for name in answer.headers if name.lower().startswith(("x-amz", "x-ms", "x-store", "x-accel"))]
    assert told == []
    assert AuditEvent.objects.filter(action="audio.opened").count() == 1


@pytest.mark.parametrize("destination", ["s3"], indirect=True)
def test_ranges_are_ours_also_where_the_store_would_answer_otherwise(
    nginx: Nginx, destination: Destination, cookie: str
) -> None:
    recording = stored(destination)
    several, body = get(nginx, recording, cookie, Range="bytes=0-4,9-12")
    assert (several.status, body) == (HTTPStatus.OK, AUDIO)
    beyond, _ = get(nginx, recording, cookie, Range="bytes=99999999-")
    assert (beyond.status, beyond.headers["Content-Range"]) == (416, f"bytes */{len(AUDIO)}")
    other, body = get(nginx, recording, cookie, **{"Range": "bytes=0-4", "If-Range": '"other"'})
    assert (other.status, body) == (HTTPStatus.OK, AUDIO)
    head, body = get(nginx, recording, cookie, method="HEAD", Range="bytes=-5")
    assert (head.status, head.headers["Content-Length"], body) == (HTTPStatus.PARTIAL_CONTENT, "5", b"")


@pytest.mark.parametrize("destination", ["s3"], indirect=True)
def test_who_may_not_listen_gets_nothing_from_the_store(nginx: Nginx, destination: Destination, cookie: str) -> None:
    recording = stored(destination)
    stranger = Client()
    stranger.force_login(factories.user())
    answer, _ = get(nginx, recording, f"sessionid={stranger.cookies['sessionid'].value}")
    assert answer.status == HTTPStatus.NOT_FOUND
    connection = http.client.HTTPConnection("127.0.0.1", nginx.port)
    connection.request("GET", "/_store", headers={"Cookie": cookie, "X-Store-Url": destination.endpoint})
    assert connection.getresponse().status == HTTPStatus.NOT_FOUND
    connection.close()


@pytest.mark.parametrize("destination", ["s3", "azure"], indirect=True)
def test_two_versions_are_never_mixed(nginx: Nginx, destination: Destination, cookie: str) -> None:
    recording = stored(destination)
    new = b"ID3" + os.urandom(1000)
    destination.write_store().write(KEY, new, content_type="audio/mpeg")
    answer, body = get(nginx, recording, cookie, Range="bytes=100-200")
    assert answer.status == HTTPStatus.CONFLICT
    assert b"Reload the page" in body
    answer, body = get(nginx, recording, cookie)
    assert (answer.status, body) == (HTTPStatus.OK, new)


@pytest.mark.parametrize("destination", ["s3"], indirect=True)
def test_what_the_store_refuses_is_said_in_our_words(
    nginx: Nginx, destination: Destination, cookie: str, swift: Swift
) -> None:
    recording = stored(destination)
    swift.client().delete_object(Bucket=destination.bucket, Key=KEY)
    answer, body = get(nginx, recording, cookie)
    assert answer.status == HTTPStatus.NOT_FOUND
    assert b"no longer in storage" in body
    assert b"<Error>" not in body


def test_a_hung_store_gives_an_error_and_slows_no_other_page(nginx: Nginx, cookie: str) -> None:
    with faulty_server() as faulty:
        faulty.hang = 30
        destination = made.on_swift(faulty, "calls")  # type: ignore[arg-type]  # only its endpoint is asked for
        facts = {"size": 5, "etag": '"1"', "audio": {"format": "mp3"}, "duration": 60.0}
        recording = factories.recording(destination=destination, key=KEY, **facts)
        begun = time.monotonic()
        answer, body = get(nginx, recording, cookie)
        assert answer.status == HTTPStatus.SERVICE_UNAVAILABLE
        assert answer.headers["Retry-After"] == "5"
        assert "isn’t responding".encode() in body
        assert time.monotonic() - begun < 20


def test_a_store_that_pauses_while_it_plays_is_waited_for(
    nginx: Nginx, cookie: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(CircuitBreaker, "is_healthy", True)
    with faulty_server() as faulty:
        faulty.says(200, AUDIO)
        faulty.pause = 4
        destination = made.on_swift(faulty, "calls")  # type: ignore[arg-type]  # only its endpoint is asked for
        facts = {"size": len(AUDIO), "etag": '"1"', "audio": {"format": "mp3"}, "duration": 60.0}
        recording = factories.recording(destination=destination, key=KEY, **facts)
        answer, body = get(nginx, recording, cookie)
        assert (answer.status, body) == (HTTPStatus.OK, AUDIO)


@pytest.mark.parametrize("fault", ["is down", "hangs", "hangs up", "is broken"])
def test_a_call_that_one_node_does_not_answer_another_one_does(
    fault: str, live_server: LiveServer, tmp_path: Path
) -> None:
    number = factories.number(policy=factories.policy({"otherwise_record": False, "route": factories.CONNECT}))
    healthy = urlsplit(live_server.url).netloc
    with ExitStack() as stack:
        other = free_port()
        if fault != "is down":
            faulty = stack.enter_context(faulty_server())
            other, faulty.hang = faulty.port, 30 if fault == "hangs" else 0
            if fault == "is broken":
                faulty.says(500, b"")
        proxy = real_nginx.start(tmp_path, web=healthy, callbacks=f"127.0.0.1:{other}; server {healthy}")
        stack.callback(proxy.stop)
        for call in range(4):
            event = ice(number.digits, call_id=f"{fault} {call}")
            with socket.create_connection(("127.0.0.1", proxy.port), 20) as connection:
                began = time.monotonic()
                connection.sendall(signed(number.application.key, factories.SECRET, event))
                answer = json.loads(receive(connection).partition(b"\r\n\r\n")[2])
                assert time.monotonic() - began < 5
            assert answer["action"]["name"] == "connectPstn"
    assert CallbackDelivery.objects.count() == 4
