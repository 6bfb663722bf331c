"""No altered request is taken for Sinch's: nothing is accepted, nothing breaks, nothing is given away."""

import json
import random
from collections.abc import Callable

import pytest
from django.test import RequestFactory

from recordings_site.callbacks.views import receive
from recordings_site.calls.models import CallbackDelivery
from recordings_site.policies.engine import snapshot
from recordings_site.policies.models import Application, PhoneNumber
from tests import factories
from tests.scale import scaled
from tests.sinch_posts import PATH, dice, ice, notify, signed

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(1200)]

MUTATIONS = scaled(3_000, 100_000)
# What of a header or a body may be put in another's place.
NOISE = [b"", b" ", b"\0", b"\r\n", b"{}", b"null", b"\xff\xfe", b"A" * 300, "ü".encode(), b"=", b":", b","]

Sent = tuple[bytes, dict[str, str]]


def flip(data: bytes, rng: random.Random) -> bytes:
    """One bit the other way round."""
    place = rng.randrange(len(data))
    return data[:place] + bytes([data[place] ^ 1 << rng.randrange(8)]) + data[place + 1 :]


def cut(data: bytes, rng: random.Random) -> bytes:
    """The end, or the beginning, is missing."""
    place = rng.randrange(len(data))
    return data[:place] if rng.random() < 0.5 else data[place + 1 :]


def insert(data: bytes, rng: random.Random) -> bytes:
    """Something is put in."""
    place = rng.randrange(len(data) + 1)
    return data[:place] + rng.choice(NOISE[1:]) + data[place:]


def double(data: bytes, rng: random.Random) -> bytes:
    """Twice the same, one after the other."""
    return data + data


def replace(data: bytes, rng: random.Random) -> bytes:
    """Something else altogether."""
    return rng.choice(NOISE)


CHANGES: list[Callable[[bytes, random.Random], bytes]] = [flip, flip, cut, insert, double, replace]


def mutated(sent: Sent, other: Sent, rng: random.Random) -> Sent:
    """The request with one thing changed, or with a part of another that is signed as well."""
    body, headers = sent[0], dict(sent[1])
    part = rng.choice(["body", *headers])
    if part == "body":
        return (rng.choice(CHANGES)(body, rng) if rng.random() < 0.8 else other[0]), headers
    if rng.random() < 0.1:
        del headers[part]
    elif rng.random() < 0.1:
        headers[part] = other[1][part]
    else:
        changed = rng.choice(CHANGES)(headers[part].encode("latin-1"), rng).decode("latin-1")
        # No server lets these through in a header.
        headers[part] = changed.translate({0: None, 10: None, 13: None})
    return body, headers


def is_the_same(one: Sent, other: Sent) -> bool:
    """Whether two requests are the same to HTTP, to which spaces around a value and a scheme's case mean nothing."""

    def plain(headers: dict[str, str]) -> dict[str, str]:
        found = {name: value.strip() for name, value in headers.items()}
        scheme, _, rest = found.get("HTTP_AUTHORIZATION", "").partition(" ")
        return found | {"HTTP_AUTHORIZATION": f"{scheme.lower()} {rest.strip()}"}

    return one[0] == other[0] and plain(one[1]) == plain(other[1])


@pytest.fixture
def number() -> PhoneNumber:
    """A number whose policy records every call."""
    how = {"destination": factories.destination().pk, "transcription": True, "locale": "en-US"}
    document = {"otherwise_record": True, "route": factories.CONNECT, "how": how}
    made = factories.number(policy=factories.policy(document))
    snapshot.forget()
    return made


def requests(application: Application, number: PhoneNumber) -> list[Sent]:
    """Signed requests of each kind."""
    events = [ice(number.digits), dice(), notify("recording_finished")]
    bodies = [json.dumps(event).encode() for event in events]
    return [(body, signed(application, body)) for body in bodies]


def test_no_altered_request_is_accepted_and_none_gets_more_than_a_constant(number: PhoneNumber) -> None:
    rng = random.Random(20260114)
    genuine = requests(number.application, number)
    factory, answers = RequestFactory(), set()
    for _ in range(MUTATIONS):
        sent, other = rng.sample(genuine, 2)
        body, headers = forged = mutated(sent, other, rng)
        if is_the_same(forged, sent):
            continue
        content_type = headers.pop("CONTENT_TYPE", "")
        answer = receive(factory.generic("POST", PATH, body, content_type=content_type, **headers))
        assert answer.status_code in (400, 401), (body, headers, content_type)
        answers.add((answer.status_code, answer.content))
    assert len(answers) <= 2, "each status has one constant body"
    assert not CallbackDelivery.objects.exists()


def test_the_genuine_ones_are_accepted(number: PhoneNumber) -> None:
    for body, headers in requests(number.application, number):
        content_type = headers.pop("CONTENT_TYPE")
        request = RequestFactory().generic("POST", PATH, body, content_type=content_type, **headers)
        assert receive(request).status_code == 200
