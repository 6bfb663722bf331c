"""What somebody who wants to listen sees of each fault of a cloud's store, and what an admin sees besides."""

import time
from collections.abc import Iterator
from functools import partial

import pytest
from django.test import Client

from recordings_site.accounts.models import Role
from recordings_site.recordings.models import RecordingJob
from recordings_site.storage import circuit_breaker
from tests import factories
from tests.destinations import made
from tests.stores.faults import Faulty, faulty_server

pytestmark = pytest.mark.django_db
DATE = "Mon, 23 Nov 2026 12:00:00 GMT"


@pytest.fixture
def faulty() -> Iterator[Faulty]:
    with faulty_server() as server:
        yield server
    circuit_breaker.reset()


@pytest.fixture
def recording(faulty: Faulty) -> RecordingJob:
    destination = made.on_swift(faulty, "calls", name="Recordings EU")  # type: ignore[arg-type]  # only its endpoint
    facts = {"size": 10, "etag": '"1"', "audio": {"format": "mp3"}, "duration": 60.0}
    return factories.recording(destination=destination, key="calls/one.mp3", **facts)


def seen(recording: RecordingJob, role: Role) -> tuple[int, str]:
    """Status and text for a person of the recording's team."""
    assert recording.number is not None
    assert recording.number.team is not None
    client = Client()
    client.force_login(factories.user(role, teams=[recording.number.team]))
    circuit_breaker.reset()
    answer = client.get(f"/recordings/{recording.pk}/audio")
    return answer.status_code, answer.content.decode()


@pytest.mark.parametrize(
    ("store_status", "code", "status", "reader", "admin"),
    [
        (403, "InvalidAccessKeyId", 502, "Ask an admin", "doesn’t recognize this access key"),
        (403, "SignatureDoesNotMatch", 502, "Ask an admin", "secret key doesn’t match"),
        (403, "ExpiredToken", 502, "Ask an admin", "have expired"),
        (403, "AccessDenied", 502, "Ask an admin", "don’t allow this"),
        (400, "AuthorizationHeaderMalformed", 502, "Ask an admin", "different region"),
        (404, "NoSuchBucket", 502, "Ask an admin", "Bucket not found: calls"),
        (403, "InvalidObjectState", 409, "Ask an admin to restore it", "Restore it in the storage console"),
        (404, "NoSuchKey", 404, "no longer in storage", "no longer in storage"),
        (503, "SlowDown", 503, "Try again in a few seconds", "temporarily unavailable"),
        (500, "InternalError", 503, "Try again in a few seconds", "temporarily unavailable"),
    ],
)
def test_each_refusal_of_the_store_has_its_words(
    faulty: Faulty,
    recording: RecordingJob,
    store_status: int,
    code: str,
    status: int,
    reader: str,
    admin: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # boto3 pauses by chance, for up to three seconds, before it asks a busy store again.
    monkeypatch.setattr(circuit_breaker, "CircuitBreaker", partial(circuit_breaker.CircuitBreaker, seconds=20))
    faulty.refuses(store_status, code)
    told = seen(recording, Role.SUPPORT)
    assert told[0] == status
    assert reader in told[1]
    assert "Recordings EU" not in told[1]
    assert admin not in told[1] or reader == admin
    told = seen(recording, Role.ADMIN)
    assert told[0] == status
    assert admin in told[1]
    assert "(destination Recordings EU)" in told[1] or status == 404
    assert "told by the test" not in told[1]


def test_a_hung_connection_gives_an_error_in_time_and_is_closed(faulty: Faulty, recording: RecordingJob) -> None:
    faulty.hang = 60
    begun = time.monotonic()
    status, text = seen(recording, Role.SUPPORT)
    assert time.monotonic() - begun < 40
    assert status == 503
    assert "isn’t responding" in text


def test_an_answer_that_breaks_off_never_ends_as_if_it_were_whole(faulty: Faulty, recording: RecordingJob) -> None:
    faulty.says(206, b"ID3", headers=f'ETag: "1"\r\nLast-Modified: {DATE}\r\n', length=10)
    client = Client()
    client.force_login(factories.admin())
    answer = client.get(f"/recordings/{recording.pk}/audio")
    assert answer["Content-Length"] == "10"
    got: list[bytes] = []
    with pytest.raises(Exception, match=r"bytes fewer|broke off|different part"):
        got.extend(answer.streaming_content)  # type: ignore[attr-defined]
    assert len(b"".join(got)) < 10


def test_clients_that_go_away_leave_no_connection_behind(faulty: Faulty, recording: RecordingJob) -> None:
    faulty.says(206, b"ID3" + bytes(7), headers=f'ETag: "1"\r\nLast-Modified: {DATE}\r\n')
    client = Client()
    client.force_login(factories.admin())
    for _ in range(100):
        answer = client.get(f"/recordings/{recording.pk}/audio")
        for close in answer._resource_closers:
            close()
    deadline = time.monotonic() + 5
    while faulty.open > 2 and time.monotonic() < deadline:
        time.sleep(0.02)
    assert faulty.open <= 2
