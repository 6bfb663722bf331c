"""What nginx is told: a signed URL that is handed out again for a moment, of a store that is known to be alive."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.test import Client
from pytest_django import Settings

from recordings_site.base.lru import Lru
from recordings_site.recordings.models import RecordingJob
from recordings_site.recordings.playback import accel as playback_accel
from recordings_site.storage import HandOff, ObjectStat, StoreUnavailable, circuit_breaker
from recordings_site.storage.s3.adapter import S3Store
from tests import factories
from tests.destinations import made
from tests.stores.swift import Swift

pytestmark = pytest.mark.django_db
# Nobody listens there: signing needs no store.
NOWHERE = Swift(Path("."), 9)


@pytest.fixture(autouse=True)
def accel(settings: Settings) -> None:
    settings.AUDIO_DELIVERY = "accel"


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    playback_accel._signed.clear()
    circuit_breaker.reset()
    yield
    circuit_breaker.reset()


@pytest.fixture
def recording() -> RecordingJob:
    facts = {"size": 99, "etag": '"1"', "audio": {"format": "mp3"}, "duration": 60.0}
    return factories.recording(destination=made.on_swift(NOWHERE, "calls"), key="one.mp3", **facts)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A store that answers, and what it was asked for."""
    found: list[str] = []

    def stat(store: S3Store, key: str) -> ObjectStat:
        found.append(key)
        return ObjectStat(key, 99, '"1"', factories.LONG_AGO)

    monkeypatch.setattr(S3Store, "stat", stat)
    return found


@pytest.fixture
def get(recording: RecordingJob) -> Callable[[], dict[str, str]]:
    """Ask for the audio, as nginx passes it on; the answer's status and headers."""
    client = Client()
    client.force_login(factories.admin())

    def headers() -> dict[str, str]:
        answer = client.get(f"/recordings/{recording.pk}/audio", headers={"Range": "bytes=5-"})
        return {"status": str(answer.status_code), **answer.headers}

    return headers


def test_nginx_learns_what_to_fetch(get: Callable[[], dict[str, str]], asked: list[str]) -> None:
    told = get()
    assert (told["status"], told["X-Accel-Redirect"], told["Content-Length"]) == ("206", "/_store", "0")
    assert told["X-Store-Url"].startswith("http://127.0.0.1:9/calls/one.mp3?")
    assert (told["X-Store-If-Match"], told["X-Store-Range"]) == ('"1"', "bytes=5-98")


def test_a_url_is_handed_out_again_for_a_moment_and_for_one_version_only(
    get: Callable[[], dict[str, str]], asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    signed: list[str] = []

    def hand_off(store: S3Store, key: str, *, etag: str, seconds: int) -> HandOff:
        signed.append(etag)
        return HandOff(f"http://127.0.0.1:9/{len(signed)}", etag)

    monkeypatch.setattr(S3Store, "hand_off", hand_off)
    assert [get()["X-Store-Url"][-1] for _ in range(3)] == ["1", "1", "1"]
    RecordingJob.objects.update(etag='"2"')
    assert [get()["X-Store-Url"][-1] for _ in range(2)] == ["2", "2"]
    monkeypatch.setattr(playback_accel, "_signed", Lru(9, seconds=0.0))
    assert [get()["X-Store-Url"][-1] for _ in range(2)] == ["3", "4"]
    assert signed == ['"1"', '"2"', '"2"', '"2"']
    assert playback_accel.URL_SECONDS > playback_accel.CACHE_SECONDS + 10, (
        "nginx has time to begin with one that is about to be made anew"
    )


def test_a_store_is_asked_once_in_a_while_whether_it_is_alive(
    get: Callable[[], dict[str, str]], asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert [get()["status"] for _ in range(3)] == ["206"] * 3
    assert asked == ["one.mp3"]
    monkeypatch.setattr(circuit_breaker, "HEALTHY_SECONDS", 0.0)
    circuit_breaker.reset()
    assert get()["status"] == "206"
    assert asked == ["one.mp3"] * 2


def test_a_dead_store_gives_an_error_without_nginx(
    get: Callable[[], dict[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    def stat(store: S3Store, key: str) -> ObjectStat:
        raise StoreUnavailable("refused")

    monkeypatch.setattr(S3Store, "stat", stat)
    told = get()
    assert (told["status"], told["Retry-After"]) == ("503", "5")
    assert "X-Accel-Redirect" not in told
