"""Fuzzes the body of a callback: only EventError leaves, and what is read can be stored, shown and read again."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from math import isfinite

import pytest

from recordings_site.sinch import ends, events
from recordings_site.sinch.errors import EventError
from tests.sinch_posts import CALL_ID, ace, dice, ice, notify

_ICE = ice(
    "+46 10 199 2330", user="alice", rdnis="", userRate={"currencyId": "USD", "amount": 0.0}, applicationKey="key",
    callHeaders=[{"key": "X-A", "value": "b"}], custom="c\0\ud800", callResourceUrl="https://calling.sinch.com/x",
)  # fmt: skip
_AMD = {"status": "human", "reason": "longgreeting", "duration": "15"}
_MENU = {"menuId": "main", "type": "return", "value": "1", "inputMethod": "dtmf"}
SEEDS = [
    json.dumps(each).encode()
    for each in (
        _ICE,
        ice("") | {"to": {"type": "Conference", "endpoint": "4711"}, "originationType": "SIP", "cli": "anonymous"},
        ace(amd=_AMD),
        dice(debit={"currencyId": "EUR", "amount": "0,0095"}, to="+467", duration="12.5"),
        {"event": "PIE", "callId": CALL_ID, "menuResult": _MENU, "timestamp": "2026-01-14T09:30:00.1234567+01:00"},
        notify("recording_finished", "s3://bucket/a.mp3", conferenceId="", errorCode=4, amd=_AMD),
        notify("conferenceRecordingFinished", "azure://account/c/a.mp3", call_id="", conferenceId="c1"),
        {"event": "novel", "callid": 17, "x": [{"y": [None, True, -0.0, 10**30]}]},
    )
]


def check(data: bytes) -> None:
    """Parse a body; the event that comes of it is bounded, clean, and the same when parsed from its own raw."""
    try:
        event = events.parse(data)
    except EventError as problem:
        assert len(str(problem)) < 200
        return
    # What a database stores and a page encodes: no NUL, no lone surrogate, no number that is none.
    stored = json.dumps(event.raw, ensure_ascii=False, allow_nan=False)
    assert "\\u0000" not in stored.replace("\\\\", "")  # an escaped backslash is no escape
    stored.encode()
    assert len(event.call_id) <= events.MAX_ID
    assert len(getattr(event, "conference_id", "")) <= events.MAX_ID
    for value in _leaves({key: value for key, value in asdict(event).items() if key != "raw"}):
        assert not isinstance(value, str) or len(value) <= events.MAX_TEXT
        assert not isinstance(value, float) or isfinite(value)
        assert not isinstance(value, datetime) or value.utcoffset() is not None
    if len(stored.encode()) <= events.MAX_BODY:
        assert events.parse(stored.encode()) == event
    _check_ends(event)


def _check_ends(event: events.Event) -> None:
    if isinstance(event, events.Ice):
        kind = ends.caller_type(event.origination_type, event.cli)
        assert len(ends.shown(event.cli, kind)) <= 2 * events.MAX_TEXT
    to = getattr(event, "to", None)
    if to is not None:
        assert ends.end_digits(to.endpoint, to.type).isdigit() or not ends.end_digits(to.endpoint, to.type)
        assert len(ends.shown(to.endpoint, to.type)) <= 2 * events.MAX_TEXT


def _leaves(value: object) -> Iterator[object]:
    if isinstance(value, dict):
        for member in value.values():
            yield from _leaves(member)
    elif isinstance(value, list | tuple):
        for member in value:
            yield from _leaves(member)
    else:
        yield value


def plant(patch: pytest.MonkeyPatch) -> None:
    """A duration is taken for the number that it should be."""
    patch.setattr(events, "number_of", lambda value: None if value is None else float(value))
