"""Signing: the published vectors, every way to get it wrong, and nothing but SinchError out of it."""

import base64
import contextlib
import json
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recordings_site.sinch import signing
from recordings_site.sinch.errors import SignatureError, SinchError

VECTORS = json.loads((Path(__file__).parent / "signatures.json").read_text())
CALLBACK = VECTORS[0]


def request_of(vector):
    return {
        "method": vector["method"],
        "path": vector["path"],
        "body": vector["body"].encode(),
        "content_type": vector["content_type"],
        "x_timestamp": vector["x_timestamp"],
    }


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["id"])
def test_the_published_vectors_are_signed_and_verified(vector):
    request = request_of(vector)
    assert signing.sign(vector["secret"], **request) == vector["signature"]
    assert signing.verify([vector["secret"]], **request, signature=vector["signature"])
    header = signing.authorization(vector["key"], vector["secret"], **request)
    assert header == f"application {vector['key']}:{vector['signature']}"
    assert signing.parse_authorization(header) == signing.Authorization(vector["key"], vector["signature"])


def test_an_empty_body_has_an_empty_md5():
    request = request_of(CALLBACK) | {"body": b"", "method": "GET"}
    key = base64.b64decode(CALLBACK["secret"])
    import hashlib
    import hmac

    message = f"GET\n\n{request['content_type']}\nx-timestamp:{request['x_timestamp']}\n{request['path']}"
    expected = base64.b64encode(hmac.new(key, message.encode(), hashlib.sha256).digest()).decode()
    assert signing.sign(CALLBACK["secret"], **request) == expected


@pytest.mark.parametrize("padded", [True, False])
@pytest.mark.parametrize("urlsafe", [True, False])
def test_secrets_come_in_four_spellings(padded, urlsafe):
    key = bytes([251, 255, 190, 63]) * 4
    standard = base64.b64encode(key).decode()
    spelled = base64.urlsafe_b64encode(key).decode() if urlsafe else standard
    spelled = spelled if padded else spelled.rstrip("=")
    assert signing.decode_secret(f" {spelled}\n") == key
    assert signing.sign(spelled, **request_of(CALLBACK)) == signing.sign(standard, **request_of(CALLBACK))


@pytest.mark.parametrize("secret", ["", "   ", "====", "not base64!", "é", "A", "\ud800", "AAAAA"])
def test_a_secret_that_is_no_secret_is_an_error_and_verifies_nothing(secret):
    with pytest.raises(SignatureError):
        signing.sign(secret, **request_of(CALLBACK))
    assert not signing.verify([secret], **request_of(CALLBACK), signature=CALLBACK["signature"])


def test_while_a_secret_is_rotated_both_are_accepted_and_a_broken_one_disables_neither():
    request = request_of(CALLBACK)
    other = base64.b64encode(b"another secret").decode()
    for secrets in ([CALLBACK["secret"], other], [other, CALLBACK["secret"]], ["broken!", CALLBACK["secret"]]):
        assert signing.verify(secrets, **request, signature=CALLBACK["signature"])
    assert not signing.verify([other], **request, signature=CALLBACK["signature"])
    assert not signing.verify([], **request, signature=CALLBACK["signature"])


def test_every_signed_part_counts():
    changes = {
        "method": "PUT",
        "path": "/sinch/callback/ace/",
        "body": CALLBACK["body"].encode() + b" ",
        "content_type": "application/json; charset=utf-8",
        "x_timestamp": "2014-09-24T10:59:42Z",
    }
    for name, value in changes.items():
        request = request_of(CALLBACK) | {name: value}
        assert not signing.verify([CALLBACK["secret"]], **request, signature=CALLBACK["signature"]), name


def test_three_thousand_mutated_signatures_are_refused_without_an_exception():
    chance = random.Random(20261123)
    request, good = request_of(CALLBACK), CALLBACK["signature"]
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=-_ \n\0é\ud800"
    tried = 0
    while tried < 3000:
        letters = list(good)
        for _ in range(chance.randint(1, 3)):
            match chance.randrange(4):
                case 0:
                    letters[chance.randrange(len(letters))] = chance.choice(alphabet)
                case 1:
                    letters.insert(chance.randrange(len(letters) + 1), chance.choice(alphabet))
                case 2:
                    del letters[chance.randrange(len(letters))]
                case 3:
                    first, second = chance.randrange(len(letters)), chance.randrange(len(letters))
                    letters[first], letters[second] = letters[second], letters[first]
        mutated = "".join(letters)
        if mutated == good:
            continue
        tried += 1
        assert not signing.verify([CALLBACK["secret"]], **request, signature=mutated)


def test_a_hundred_thousand_requests_with_something_changed_are_refused_without_an_exception():
    chance = random.Random(7)
    good = request_of(CALLBACK) | {"signature": CALLBACK["signature"]}
    others = "aZ09/+=:;\n\0 é\u2028"
    accepted = 0
    for _ in range(100_000):
        name = chance.choice(list(good))
        value = good[name]
        place = chance.randrange(len(value))
        if isinstance(value, bytes):
            changed = value[:place] + bytes([value[place] ^ chance.randrange(1, 256)]) + value[place + 1 :]
        else:
            other = chance.choice(others)
            changed = value[:place] + other + value[place + chance.randrange(2) :]
        # The method's case does not count: HTTP clients send it in capitals.
        if changed != value and not (name == "method" and changed.upper() == value):
            accepted += signing.verify([CALLBACK["secret"]], **good | {name: changed})
    assert accepted == 0


def test_a_signature_with_other_trailing_bits_is_not_the_same():
    last = CALLBACK["signature"][-2]
    for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/":
        other = CALLBACK["signature"][:-2] + letter + "="
        verified = signing.verify([CALLBACK["secret"]], **request_of(CALLBACK), signature=other)
        assert verified == (letter == last)


ANY_TEXT = st.text(alphabet=st.characters(codec=None, categories=None), max_size=60)


@given(ANY_TEXT, st.binary(max_size=80), ANY_TEXT, ANY_TEXT, ANY_TEXT, ANY_TEXT)
def test_nothing_but_false_comes_of_nonsense(path, body, content_type, x_timestamp, signature, secret):
    request = {"method": "POST", "path": path, "body": body, "content_type": content_type, "x_timestamp": x_timestamp}
    assert not signing.verify([secret, CALLBACK["secret"]], **request, signature=signature)


@given(st.binary(min_size=1, max_size=64), ANY_TEXT, st.binary(max_size=80), ANY_TEXT, ANY_TEXT)
def test_what_is_signed_is_verified(key, path, body, content_type, x_timestamp):
    secret = base64.b64encode(key).decode()
    request = {"method": "post", "path": path, "body": body, "content_type": content_type, "x_timestamp": x_timestamp}
    assert signing.verify([secret], **request, signature=signing.sign(secret, **request))


@given(ANY_TEXT)
def test_any_header_is_read_or_refused(header):
    with contextlib.suppress(SinchError):
        signing.parse_authorization(header)


@pytest.mark.parametrize("scheme", ["application", "Application", "APPLICATION"])
def test_the_scheme_is_read_in_any_case(scheme):
    read = signing.parse_authorization(f"{scheme} {CALLBACK['key']}:{CALLBACK['signature']}")
    assert read.application_key == CALLBACK["key"]


@pytest.mark.parametrize(
    "header",
    [
        "",
        "application",
        "application key",
        "application key:",
        "application :" + CALLBACK["signature"],
        "application key:short=",
        "Basic a2V5OnNlY3JldA==",
        f"application key{CALLBACK['signature']}",
        f"application k ey:{CALLBACK['signature']}",
        f"application kéy:{CALLBACK['signature']}",
        f"application key:{CALLBACK['signature']} extra",
        f"application key\0:{CALLBACK['signature']}",
        f"application {'k' * 2000}:{CALLBACK['signature']}",
    ],
)
def test_other_headers_are_refused(header):
    with pytest.raises(SignatureError):
        signing.parse_authorization(header)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2014-09-24T10:59:41Z", datetime(2014, 9, 24, 10, 59, 41, tzinfo=UTC)),
        ("2014-09-24T10:59:41.1234567Z", datetime(2014, 9, 24, 10, 59, 41, 123456, tzinfo=UTC)),
        ("2014-09-24T10:59:41.5", datetime(2014, 9, 24, 10, 59, 41, 500000, tzinfo=UTC)),
        ("2014-09-24T10:59:41", datetime(2014, 9, 24, 10, 59, 41, tzinfo=UTC)),
        ("2014-09-24t10:59:41z", datetime(2014, 9, 24, 10, 59, 41, tzinfo=UTC)),
        ("2014-09-24 10:59", datetime(2014, 9, 24, 10, 59, tzinfo=UTC)),
        ("2014-09-24T12:59:41+02:00", datetime(2014, 9, 24, 10, 59, 41, tzinfo=UTC)),
        ("2014-09-24T08:59:41-0200", datetime(2014, 9, 24, 10, 59, 41, tzinfo=UTC)),
    ],
)
def test_timestamps_are_read_as_sinch_writes_them(text, moment):
    read = signing.parse_timestamp(text)
    assert read == moment
    assert read.utcoffset() == timedelta(0)


@pytest.mark.parametrize(
    "text",
    ["", "now", "2014-13-01T00:00:00Z", "2014-02-30T00:00:00Z", "2014-09-24", "2014-09-24T25:00:00Z",
     "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "٢٠١٤-٠٩-٢٤T١٠:٥٩:٤١Z", "2" * 100],
)  # fmt: skip
def test_other_timestamps_are_refused(text):
    with pytest.raises(SignatureError):
        signing.parse_timestamp(text)


@given(st.datetimes(timezones=st.just(UTC)))
def test_a_timestamp_survives_writing_and_reading(moment):
    whole = moment.replace(microsecond=0, year=max(1000, moment.year))
    assert signing.parse_timestamp(signing.format_timestamp(whole)) == whole


def test_the_signed_path_leaves_host_and_query_out():
    assert signing.signed_path("https://a.example/callbacks/%C3%A9/?x=1#y") == "/callbacks/%C3%A9/"
    assert signing.signed_path("https://a.example") == "/"
    with pytest.raises(SignatureError):
        signing.signed_path("https://[broken/")
