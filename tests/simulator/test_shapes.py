"""The odd shapes go out as they are described, and the real endpoint takes each of them."""

import io
import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.core.management.base import BaseCommand

from recordings_site.accounts.models import AuditEvent
from recordings_site.calls.models import Call, CallbackDelivery
from recordings_site.policies.engine import snapshot
from recordings_site.policies.models import PhoneNumber
from recordings_site.recordings.models import RecordingJob, State
from recordings_site.simulator.engine import Application, Engine, Options, Totals
from recordings_site.simulator.management.commands.simulate import Command
from recordings_site.simulator.shapes import SHAPES, Shape, ShapedWire
from recordings_site.simulator.uploads import Uploads
from recordings_site.simulator.wire import HttpReply, over_http
from tests import factories
from tests.simulated import URL, groups, through_django

KEY = "key-1"
RECORDED = {
    "event": "notify",
    "type": "recording_available",
    "callid": "c",
    "destination": f"s3://bucket/Sales team/20260101000000_{KEY}_c.mp3",
}


def sent(name: str, *events: dict[str, Any]) -> list[dict[str, Any]]:
    """What leaves in this shape."""
    left: list[dict[str, Any]] = []

    def post(url: str, body: bytes, headers: object) -> HttpReply:
        left.append(json.loads(body))
        return HttpReply(200, b"{}")

    wire = ShapedWire(Application(KEY, factories.SECRET, URL), post, SHAPES[name])
    for event in events:
        wire.send(event)
    wire.flush()
    return left


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("percent-encoded", f"s3://bucket/Sales%20team/20260101000000_{KEY.replace('-', '%2D')}_c.mp3"),
        ("https-place", f"https://bucket.s3.eu-north-1.amazonaws.com/Sales%20team/20260101000000_{KEY}_c.mp3"),
        ("https-path", f"https://s3.eu-north-1.amazonaws.com/bucket/Sales%20team/20260101000000_{KEY}_c.mp3"),
        ("sas-query", f"s3://bucket/Sales team/20260101000000_{KEY}_c.mp3?sv="),
        ("elsewhere", f"https://www.sinch.com/calling/v1/recording/20260101000000_{KEY}_c.mp3"),
        ("another-bucket", f"s3://another-bucket/Sales team/20260101000000_{KEY}_c.mp3"),
        ("seed-name", f"s3://bucket/Sales team/UTCDate20260101000000\\{KEY}_c.mp3"),
    ],
)
def test_a_place_is_written_in_its_shape(name: str, place: str) -> None:
    [event] = sent(name, RECORDED)
    assert event["destination"].startswith(place)


@pytest.mark.parametrize(
    ("kind", "host"),
    [("azure://acct/cont/a b.mp3", "acct.blob.core.windows.net/cont"), ("gs://b/a b.mp3", "storage.googleapis.com/b")],
)
def test_each_vendor_has_its_own_address(kind: str, host: str) -> None:
    [event] = sent("https-place", {**RECORDED, "destination": kind})
    assert event["destination"] == f"https://{host}/a%20b.mp3"


def test_orders_and_members_are_those_of_the_shape() -> None:
    finished = {"event": "notify", "type": "recording_finished", "callid": "c"}
    spoken = {**RECORDED, "type": "transcription_available"}
    kinds = [event["type"] for event in sent("transcript-first", finished, RECORDED, spoken)]
    assert kinds[:2] == ["transcription_available"] * 2
    assert sorted(kinds[2:]) == ["recording_available"] * 2 + ["recording_finished"] * 2
    assert [event["type"] for event in sent("transcript-first", RECORDED)] == ["recording_available"]
    assert sent("null-member", finished)[0]["callid"] is None
    room = {"event": "notify", "type": "recording_finished", "conferenceId": "room"}
    ended = {"event": "dice", "callid": "c"}
    assert sent("both-ids", ended, room)[1] == {**room, "callid": "c"}
    assert sent("conference-end", ended, room) == [room, ended]
    assert len(sent("doubled", finished)) == 2


@pytest.fixture
def number() -> PhoneNumber:
    """A number whose calls are all recorded."""
    place = factories.destination(key_template="")
    how = {"destination": place.pk, "locale": "en-US"}
    document = {"otherwise_record": True, "route": factories.CONNECT, "how": how}
    made = factories.number(policy=factories.policy(document))
    snapshot.forget()
    return made


def simulated(number: PhoneNumber, name: str, *, conference: bool = False) -> Totals:
    """What three calls came to that were sent in this shape."""
    shape = SHAPES[name]
    known = Application(number.application.key, factories.SECRET, URL)
    uploads = Uploads({"local": str(settings.LOCAL_STORE_ROOT)})
    options = Options(two_parts=shape.two_parts, writes_nothing=shape.writes_nothing)
    engine = Engine(known, ShapedWire(known, through_django, shape), uploads, options)
    digits = [number.digits]
    planned = groups(3, numbers=[] if conference else digits, conference=digits if conference else [], seed=3)
    return engine.run([tuple(replace(call, result="ANSWERED") for call in group) for group in planned])


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(set(SHAPES) - {"wrong-signature"}))
def test_the_endpoint_takes_every_event_of_a_shape(number: PhoneNumber, name: str) -> None:
    totals = simulated(number, name)
    assert totals.refused == 0
    assert totals.broken == {}
    assert totals.failed_uploads == []
    assert CallbackDelivery.objects.filter(event="ice").count() >= 3


@pytest.mark.django_db
def test_a_wrong_signature_is_refused_each_time_and_nothing_is_kept(number: PhoneNumber) -> None:
    totals = simulated(number, "wrong-signature")
    assert totals.refused == totals.events > 0
    assert not Call.objects.exists()


@pytest.mark.django_db
def test_what_shapes_are_for_is_seen_at_the_other_end(number: PhoneNumber) -> None:
    simulated(number, "app-user")
    assert {(call.caller, call.caller_type, call.called) for call in Call.objects.all()} == {
        ("10023", "username", "10024")
    }


@pytest.mark.django_db
def test_broken_calls_raise_the_alert(number: PhoneNumber) -> None:
    simulated(number, "broken-call")
    assert AuditEvent.objects.filter(action="alert.call.broken").exists()


@pytest.mark.django_db
def test_two_parts_have_two_generated_names(number: PhoneNumber) -> None:
    totals = simulated(number, "two-parts")
    assert totals.recordings == 6
    assert RecordingJob.objects.filter(state=State.AVAILABLE).count() >= 3


@pytest.fixture
def listener() -> Iterator[tuple[str, list[dict[str, str]]]]:
    """A server that reads bodies in chunks, and the headers of what it got."""
    got: list[dict[str, str]] = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            size = -1
            while size:
                size = int(self.rfile.readline(), 16)
                self.rfile.read(size + 2)
            got.append(dict(self.headers.items()))
            self.send_response(200)
            self.send_header("Content-Length", "2")
            self.send_header("Connection", "close")
            self.end_headers()
            self.wfile.write(b"{}")
            self.close_connection = True

        def log_message(self, *args: object) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/callbacks/sinch/", got
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_body_in_chunks_has_no_length(listener: tuple[str, list[dict[str, str]]]) -> None:
    url, got = listener
    wire = ShapedWire(Application(KEY, factories.SECRET, url), over_http(chunked=True), SHAPES["chunked"])
    assert wire.send({"event": "ice", "callid": "c"}).status == 200
    assert got[0]["Transfer-Encoding"] == "chunked"
    assert "Content-Length" not in got[0]


def test_help_lists_every_shape() -> None:
    command: BaseCommand = Command()
    text = io.StringIO()
    command.create_parser("manage.py", "simulate").print_help(text)
    for name, shape in SHAPES.items():
        assert name in text.getvalue()
        assert shape.help in text.getvalue()
    with pytest.raises(CommandError, match="invalid choice: 'odd'"):
        call_command("simulate", "--url", URL, "--key", KEY, "--number", "1", "--shape", "odd")
    assert isinstance(SHAPES["doubled"], Shape)
