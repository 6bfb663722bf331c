"""Events: the published samples, both spellings, open enums, and hostile bodies."""

import contextlib
import json
from dataclasses import FrozenInstanceError
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recordings_site.sinch import events
from recordings_site.sinch.errors import EventError, SinchError

ICE = {
    "event": "ice",
    "callid": "822aa4b7-05b4-4d83-87c7-1f835ee0b6f6_257",
    "callResourceUrl": "https://calling-euc1.api.sinch.com/calling/v1/calls/id/822aa4b7",
    "timestamp": "2014-09-24T10:59:41.1234567Z",
    "version": 1,
    "userRate": {"currencyId": "USD", "amount": 0.0},
    "cli": "31639136121",
    "to": {"type": "Number", "endpoint": "+3197121281500"},
    "domain": "PSTN",
    "applicationKey": "669E367E-6BBA-48AB-AF15-266871C28135",
    "originationType": "PSTN",
    "rdnis": "",
    "duration": 0,
    "callHeaders": [{"key": "X-A", "value": "b"}, "no object"],
    "custom": "kept",
}


def parse(**fields):
    return events.parse(json.dumps(fields).encode())


def test_an_ice_is_read_whole():
    event = parse(**ICE)
    assert isinstance(event, events.Ice)
    assert event.call_id == ICE["callid"]
    assert event.timestamp == datetime(2014, 9, 24, 10, 59, 41, 123456, tzinfo=UTC)
    assert event.to == events.Endpoint("number", "+3197121281500")
    assert (event.domain, event.origination_type) == ("pstn", "pstn")
    assert (event.cli, event.rdnis, event.custom) == ("31639136121", "", "kept")
    assert event.user_rate == events.Money("USD", 0.0)
    assert event.call_headers == (("X-A", "b"),)
    assert event.application_key == ICE["applicationKey"]
    assert event.raw["callResourceUrl"] == event.call_resource_url
    assert event.raw == ICE
    with pytest.raises(FrozenInstanceError):
        event.cli = "other"


@pytest.mark.parametrize("spelling", ["callid", "callId", "CALLID"])
def test_the_call_id_is_read_in_each_spelling(spelling):
    assert parse(event="ace", **{spelling: "abc"}).call_id == "abc"


@pytest.mark.parametrize("members", [
    {"callid": None, "callId": "abc"}, {"callId": None, "callid": "abc"}, {"callid": "", "CALLID": "abc"},
    {"callid": None, "callId": None, "CallID": "abc"},
])  # fmt: skip
def test_a_member_without_a_value_gives_way_to_another_spelling(members):
    assert parse(event="ace", **members).call_id == "abc"


def test_null_counts_as_absent_in_every_member_of_every_event():
    spelled = {"CLI": "4670", "To": {"type": None, "TYPE": "did", "endpoint": None, "EndPoint": "4680"}, "Custom": "x"}
    event = parse(event=None, Event="ice", callid="c", cli=None, to=None, custom=None, timestamp=None, **spelled)
    assert isinstance(event, events.Ice)
    assert (event.cli, event.to, event.custom) == ("4670", events.Endpoint("did", "4680"), "x")
    notify = parse(event="notify", callid=None, conferenceId=None, ConferenceID="room", destination=None, Type="amd",
                   Destination="a.mp3")  # fmt: skip
    assert (notify.call_id, notify.conference_id, notify.destination, notify.type) == ("", "room", "a.mp3", "amd")


def test_an_ace_tells_what_answered():
    event = parse(event="ace", callid="c", amd={"status": "Machine", "reason": "LONGGREETING", "duration": 15})
    assert isinstance(event, events.Ace)
    assert event.amd == events.Amd("machine", "longgreeting", 15.0)


def test_a_dice_keeps_words_it_does_not_know_and_has_a_duration_only_when_answered():
    event = parse(
        event="dice", callid="c", reason="callerhangup", result="Answered", duration="12", **{"from": "4670"},
        to={"type": "did", "endpoint": "3197121281500"}, debit={"currencyId": "EUR", "amount": "0.01"},
    )  # fmt: skip
    assert isinstance(event, events.Dice)
    assert (event.reason, event.result, event.duration, event.from_) == ("CALLERHANGUP", "ANSWERED", 12.0, "4670")
    assert event.debit == events.Money("EUR", 0.01)
    other = parse(event="DiCE", callid="c", reason="SOLARFLARE", result="ODD")
    assert (other.reason, other.result, other.duration) == ("SOLARFLARE", "ODD", None)


def test_a_pie_tells_what_was_chosen():
    event = parse(
        event="pie",
        callid="c",
        menuResult={"menuId": "main", "type": "Return", "value": "sales", "inputMethod": "dtmf"},
    )
    assert isinstance(event, events.Pie)
    assert event.menu_result == events.MenuResult("main", "return", "sales", "dtmf")


def test_a_notify_belongs_to_a_call_or_to_a_conference():
    event = parse(event="notify", callid="c", version=1, type="recording_available", destination="s3://b/k.mp3")
    assert isinstance(event, events.Notify)
    assert (event.type, event.call_id, event.conference_id, event.destination) == (
        "recording_available", "c", "", "s3://b/k.mp3",
    )  # fmt: skip
    conference = parse(event="notify", conferenceId="myConferenceId", version=1, type="recording_finished")
    assert (conference.call_id, conference.conference_id) == ("", "myConferenceId")
    error = parse(event="notify", callId="c", type="callingerror", errorCode=40003, errorMsg="bad")
    assert (error.error_code, error.error_message) == ("40003", "bad")


def test_an_event_of_tomorrow_is_kept():
    event = parse(event="hologram", callid="c", beam={"on": True})
    assert isinstance(event, events.Unknown)
    assert (event.event, event.call_id, event.raw["beam"]) == ("hologram", "c", {"on": True})


@pytest.mark.parametrize("event", ["ice", "ace", "dice", "pie"])
def test_a_call_event_without_a_call_id_is_refused(event):
    with pytest.raises(EventError, match="call ID"):
        parse(event=event)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b"{}",
        b'{"event": ""}',
        b'{"event": ["ice"], "callid": "c"}',
        b"\xff\xfe",
        b"{" * 5000,
        b'{"a":' * 5000 + b"1" + b"}" * 5000,
        b'{"event":"ice","callid":"' + b"c" * 201 + b'"}',
        b'{"event":"ice","callid":{"a":1}}',
        b'{"event":"ice","callid":true}',
        b'{"event":"ice","callid":"c","x":' + b"9" * 5000 + b"}",
        b'{"event":"ice","callid":"c","x":"' + b"x" * 65536 + b'"}',
    ],
)
def test_a_body_that_is_no_event_is_refused(body):
    with pytest.raises(EventError):
        events.parse(body)


def test_what_databases_cannot_store_is_replaced():
    event = events.parse(
        b'{"event":"ice","callid":"c","cli":"a\\u0000b\\ud800","x\\u0000":["\\udfff"],"n":1e999,"m":NaN}'
    )
    assert event.cli == "a\ufffdb\ufffd"
    assert event.raw["x\ufffd"] == ["\ufffd"]
    assert event.raw["n"] is None
    assert event.raw["m"] is None
    json.dumps(event.raw, allow_nan=False).encode()


def test_fields_of_the_wrong_type_are_empty_and_never_an_error():
    wrong = {name: [1] for name in ICE if name not in {"event", "callid"}}
    event = parse(event="ice", callid=7, **wrong)
    assert (event.call_id, event.cli, event.to, event.timestamp, event.duration) == ("7", "", None, None, None)
    assert event.call_headers == ()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@given(
    st.sampled_from(["ice", "ace", "dice", "pie", "notify", "new"]),
    st.dictionaries(st.sampled_from([*ICE, "menuResult", "amd", "conferenceId", "type", "result", "debit"]), JSON),
)
def test_any_object_is_read_or_refused_with_an_event_error(event, fields):
    try:
        read = events.parse(json.dumps(fields | {"event": event}).encode())
    except EventError:
        return
    json.dumps(read.raw, allow_nan=False).encode()


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(body):
    with contextlib.suppress(SinchError):
        events.parse(body)
