"""The REST client against the simulator's REST side: signed, bounded, repeated only where that is safe."""

import socket
import threading

import httpx2
import pytest

from recordings_site.simulator.rest import Account, ErrorResponse, serving
from recordings_site.sinch import svaml
from recordings_site.sinch.events import Endpoint
from recordings_site.sinch.rest import client as sinch
from recordings_site.sinch.rest import paths
from recordings_site.sinch.svaml import RecordingOptions

KEY, SECRET = "669E367E-6BBA-48AB-AF15-266871C28135", "BeIukql3pTKJ8RGL5zo0DA=="
OPTIONS = RecordingOptions("s3://bucket/a.mp3", "AKIAIOSFODNN7EXAMPLE:secret:eu-central-1")


class OneCall:
    """A call and a conference that go on for ever."""

    def __init__(self):
        self.managed = []

    def describe(self, call_id):
        if call_id != "call/1":
            return None
        return {
            "from": {"type": "number", "endpoint": "+46700000001"}, "to": {"type": "did", "endpoint": "+46700000000"},
            "domain": "PSTN", "callId": call_id, "duration": 12, "status": "ONGOING",
            "timestamp": "2026-01-02T03:04:05Z",
        }  # fmt: skip

    def manage(self, call_id, document):
        self.managed.append(document)
        return call_id == "call/1"

    def participants(self, conference_id):
        return [{"cli": "+46700000001", "id": "call/1", "duration": 3, "muted": True, "onhold": False}] * (
            conference_id == "room 1"
        )

    def leave(self, conference_id, call_id):
        return conference_id == "room 1" and call_id in (None, "call/1")


@pytest.fixture
def account():
    return Account(secrets={KEY: SECRET}, calls=OneCall())


@pytest.fixture
def client(account):
    with serving(account) as url, sinch.Client(KEY, SECRET, calling_url=url, configuration_url=url, pause=0) as client:
        yield client


def test_a_call_in_progress_is_read_and_commanded(client, account):
    info = client.call("call/1")
    assert (info.status, info.from_.endpoint, info.to, info.domain, info.duration) == (
        "ONGOING", "+46700000001", Endpoint("did", "+46700000000"), "pstn", 12.0,
    )  # fmt: skip
    assert info.started_at.year == 2026
    client.update_call("call/1", svaml.manage("start", OPTIONS))
    assert account.calls.managed == [svaml.manage("start", OPTIONS)]


def test_a_call_that_sinch_does_not_know_is_none_to_read_and_an_error_to_manage(client):
    assert client.call("other") is None
    with pytest.raises(sinch.ApiError) as caught:
        client.update_call("other", svaml.manage("stop"))
    assert (caught.value.status, caught.value.code) == (404, "40400")
    assert caught.value.reference in str(caught.value)
    assert "Call not found" in str(caught.value)


def test_svaml_that_sinch_would_refuse_is_refused_with_its_error(client):
    with pytest.raises(sinch.ApiError, match="action"):
        client.update_call("call/1", svaml.document(svaml.connect_pstn("+467")))


def test_conferences_are_listed_and_commanded(client):
    (participant,) = client.participants("room 1")
    assert participant == sinch.Participant("call/1", "+46700000001", 3.0, muted=True, on_hold=False)
    assert client.participants("empty") is None


def test_numbers_are_read_and_assigned_a_hundred_at_a_time(client, account):
    numbers = [f"+467{index:08}" for index in range(230)]
    account.numbers = dict.fromkeys(numbers, "")
    client.assign_numbers(numbers)
    assert [len(body["numbers"]) for method, _, body in account.requests] == [100, 100, 30]
    assert client.numbers()[0] == sinch.Number(numbers[0], KEY, "voice")
    assert set(account.numbers.values()) == {KEY}


def test_callback_urls_are_read_and_set(client):
    assert client.callbacks() == sinch.CallbackUrls("")
    client.set_callbacks(sinch.CallbackUrls("https://a.example/callbacks/sinch/", "https://b.example/"))
    assert client.callbacks() == sinch.CallbackUrls("https://a.example/callbacks/sinch/", "https://b.example/")


def test_a_wrong_secret_is_told_without_showing_it(account):
    wrong = "d3Jvbmcgc2VjcmV0IQ=="
    with serving(account) as url, sinch.Client(KEY, wrong, configuration_url=url) as client:
        with pytest.raises(sinch.ApiError) as caught:
            client.numbers()
        assert caught.value.status == 401
        assert wrong not in str(caught.value)
        assert wrong not in repr(client)


@pytest.mark.parametrize("status", [429, 500, 503])
def test_reading_is_repeated_after_a_passing_error(client, account, status):
    account.faults = [ErrorResponse(status, status * 100, "later")] * 2
    assert client.numbers() == []
    assert len(account.requests) == 3


def test_reading_gives_up_after_three_tries_with_sinchs_own_words(client, account):
    account.faults = [ErrorResponse(503, 50300, "Unavailable")] * 9
    with pytest.raises(sinch.ApiError, match=r"Unavailable \[503\] \(error 50300, reference"):
        client.numbers()
    assert len(account.requests) == 3


def test_a_command_is_never_repeated_after_it_was_received(client, account):
    account.faults = [ErrorResponse(503, 50300, "Unavailable")]
    with pytest.raises(sinch.ApiError):
        client.update_call("call/1", svaml.manage("start", OPTIONS))
    assert len(account.requests) == 1


def test_a_command_is_repeated_when_no_connection_was_made():
    tried = []

    def refuse(request):
        tried.append(request.method)
        if len(tried) < 3:
            raise httpx2.ConnectError("refused")
        return httpx2.Response(204)

    with sinch.Client(KEY, SECRET, transport=httpx2.MockTransport(refuse), pause=0) as client:
        client.update_call("c", svaml.manage("stop"))
    assert tried == ["PATCH"] * 3


def test_a_command_is_not_repeated_when_the_answer_was_lost():
    tried = []

    def lose(request):
        tried.append(request.method)
        raise httpx2.ReadTimeout("slow")

    with sinch.Client(KEY, SECRET, transport=httpx2.MockTransport(lose), pause=0) as client:
        with pytest.raises(sinch.ApiError, match="didn’t answer in time") as caught:
            client.update_call("c", svaml.manage("stop"))
        assert caught.value.status == 0
    assert tried == ["PATCH"]


def test_nobody_there_is_said_with_the_host():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
        with (
            sinch.Client(KEY, SECRET, configuration_url=f"http://{address}", pause=0) as client,
            pytest.raises(sinch.ApiError, match=address),
        ):
            client.numbers()


def answering(*responses):
    given = iter(responses)
    return httpx2.MockTransport(lambda request: next(given))


@pytest.mark.parametrize("body", [b"[]", b"<html>", b"\xff"])
def test_an_answer_that_is_no_object_is_an_error(body):
    with (
        sinch.Client(KEY, SECRET, transport=answering(httpx2.Response(200, content=body))) as client,
        pytest.raises(sinch.ApiError, match="isn’t a JSON object"),
    ):
        client.numbers()


def test_an_error_without_a_message_or_with_a_code_as_text_is_read():
    response = httpx2.Response(401, json={"errorCode": "40100"})
    with (
        sinch.Client(KEY, SECRET, transport=answering(response)) as client,
        pytest.raises(sinch.ApiError, match=r"key and secret \[401\] \(error 40100\)"),
    ):
        client.numbers()


def test_a_huge_answer_is_cut_off(monkeypatch):
    monkeypatch.setattr(sinch, "MAX_ANSWER", 100)
    with (
        sinch.Client(KEY, SECRET, transport=answering(httpx2.Response(200, content=b" " * 101))) as client,
        pytest.raises(sinch.ApiError, match="too large"),
    ):
        client.numbers()


def test_a_redirect_to_a_region_is_followed_and_one_to_a_stranger_is_not():
    asked = []

    def redirect(request):
        asked.append(request.url.host)
        if request.url.host == "calling.api.sinch.com":
            return httpx2.Response(
                307, headers={"Location": "https://calling-euc1.api.sinch.com/calling/v1/calls/id/c"}
            )
        return httpx2.Response(307, headers={"Location": "https://evil.example/"})

    with (
        sinch.Client(KEY, SECRET, transport=httpx2.MockTransport(redirect), pause=0) as client,
        pytest.raises(sinch.ApiError),
    ):
        client.call("c")
    assert asked == ["calling.api.sinch.com", "calling-euc1.api.sinch.com"]


@pytest.mark.parametrize(
    ("url", "base"),
    [
        ("https://calling-euc1.api.sinch.com/calling/v1/calls/id/x", "https://calling-euc1.api.sinch.com"),
        ("https://calling.api.sinch.com:443/x", "https://calling.api.sinch.com"),
        ("http://calling.api.sinch.com/x", None),
        ("https://calling.api.sinch.com:8443/x", None),
        ("https://calling.api.sinch.com.evil.example/x", None),
        ("https://calling.api.sinch.com@evil.example/x", None),
        ("https://169.254.169.254/latest", None),
        ("http://[broken", None),
        ("http://127.0.0.1:9000/calling", "http://127.0.0.1:9000"),
        ("", None),
    ],
)
def test_the_resource_url_of_a_callback_only_chooses_among_known_hosts(url, base):
    assert sinch.allowed_base(url, also=["http://127.0.0.1:9000/"]) == base


def test_the_region_of_a_call_is_asked_when_its_url_is_sinchs_and_never_a_stranger():
    hosts = []

    def note(request):
        hosts.append(str(request.url))
        return httpx2.Response(204)

    with sinch.Client(KEY, SECRET, transport=httpx2.MockTransport(note)) as client:
        client.update_call("a b/c", svaml.manage("stop"), resource_url="https://calling-use1.api.sinch.com/other/path")
        client.update_call("a b/c", svaml.manage("stop"), resource_url="https://evil.example/calling")
    assert hosts == [
        "https://calling-use1.api.sinch.com/calling/v1/calls/id/a%20b%2Fc",
        "https://calling.api.sinch.com/calling/v1/calls/id/a%20b%2Fc",
    ]


def test_regions_have_hosts():
    assert sinch.regional_url("euc1") == "https://calling-euc1.api.sinch.com"
    assert sinch.regional_url("") == sinch.regional_url("mars") == sinch.CALLING_URL


def test_the_rest_side_refuses_what_is_not_signed(account):
    others = set(threading.enumerate())
    with serving(account) as url:
        for headers in ({}, {"Authorization": f"application {KEY}:{'A' * 43}=", "x-timestamp": "2014-09-24T10:59:41Z"}):
            assert httpx2.get(f"{url}/v1/configuration/numbers", headers=headers, trust_env=False).status_code == 401
    assert account.requests == []
    assert not [thread for thread in set(threading.enumerate()) - others if "serve_forever" in thread.name]


@pytest.mark.parametrize(("decoded", "is_accepted"), [(False, True), (True, False)])
def test_the_path_is_signed_as_it_is_sent_unless_that_is_switched(account, decoded, is_accepted):
    """The simulator takes the encoded form; for an id that needs no encoding both are the same."""
    with serving(account) as url, sinch.Client(KEY, SECRET, url, url, sign_decoded_paths=decoded, pause=0) as client:
        assert client.call("call-1") is None
        if is_accepted:
            assert client.participants("room 1")
        else:
            with pytest.raises(sinch.ApiError, match="signature"):
                client.participants("room 1")


@pytest.mark.parametrize("name", ["room 1", "a/b", "50%", "ü+1"])
def test_a_path_decodes_to_the_id(name):
    sent = paths.conference(name)
    assert paths.signed(sent, decoded=False) == sent
    assert paths.signed(sent, decoded=True) == f"/calling/v1/conferences/id/{name}"
