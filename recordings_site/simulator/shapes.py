"""The odd shapes in which events were seen or are documented: each changes what the simulated Sinch sends.

A shape sees every event before it leaves, and gives those that leave in its place; what it holds back leaves last. So
that anybody can try how an installation takes them: `manage.py simulate --shape NAME`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

from recordings_site.simulator.svaml_execution import Recording
from recordings_site.simulator.wire import Application, HttpReply, Post, Wire
from recordings_site.sinch.errors import SinchError
from recordings_site.sinch.uploads import destination_url

Event = Mapping[str, Any]
# How each vendor writes the address of an object over https.
ADDRESSES = {
    "s3": "https://{bucket}.s3.eu-north-1.amazonaws.com/{key}",
    "azure": "https://{account}.blob.core.windows.net/{bucket}/{key}",
    "gs": "https://storage.googleapis.com/{bucket}/{key}",
}
PATH_STYLE = {"s3": "https://s3.eu-north-1.amazonaws.com/{bucket}/{key}"}
ANOTHER_SECRET = "YW5vdGhlciBzZWNyZXQgdGhhbiB0aGUgb25lIHRoYXQgY291bnRz"  # noqa: S105 - signs wrongly on purpose
USER, CALLED_USER, CONFERENCE = "10023", "10024", "4711"
# Of the numbers that regulators reserve for fiction, as it is dialled in Sweden.
NATIONAL = "0701740605"


@dataclass
class Held:
    """What a shape remembers between events: the last call's id, and the events that it holds back."""

    call_id: str = ""
    events: list[Event] = field(default_factory=list)


Change = Callable[[Event, Held], list[Event]]


@dataclass(frozen=True)
class Shape:
    """One shape. `help` is for people; the rest says where it differs: events, the body's framing, the signature."""

    help: str
    change: Change = lambda event, held: [event]
    chunked: bool = False
    wrong_signature: bool = False
    # Each recording is stopped in its middle and started again, in a folder in which Sinch makes the names.
    two_parts: bool = False
    # Nothing is written where it was requested.
    writes_nothing: bool = False


def _is_of(event: Event, *kinds: str) -> bool:
    return event.get("event") == "notify" and event.get("type") in kinds


def _destination(write: Callable[[str, Event], str]) -> Change:
    """A shape in which a notification writes the place in another way."""

    def change(event: Event, held: Held) -> list[Event]:
        given = event.get("destination")
        return [{**event, "destination": write(given, event)}] if isinstance(given, str) else [event]

    return change


def _encoded(url: str, event: Event) -> str:
    scheme, separator, rest = url.partition("://")
    return f"{scheme}{separator}{quote(rest, safe='/').replace('-', '%2D')}" if separator else quote(url, safe="/")


def _https(url: str, event: Event, *, path_style: bool = False) -> str:
    """The vendor's own address of an object; a local one, which has none, stays."""
    try:
        place = destination_url.parse(url)
    except SinchError:
        return url
    template = (PATH_STYLE if path_style else {}).get(place.kind) or ADDRESSES.get(place.kind)
    if template is None:
        return url
    return template.format(account=place.account, bucket=place.bucket, key=quote(place.key, safe="/"))


def _elsewhere(url: str, event: Event) -> str:
    name = url.rpartition("/")[2]
    if event["type"] == "transcription_available":
        return f"s3://recordings/{name}"
    return f"https://www.sinch.com/calling/v1/recording/{name}"


def _another_bucket(url: str, event: Event) -> str:
    return f"s3://another-bucket/{url.partition('://')[2].partition('/')[2]}"


def _seed_name(url: str, event: Event) -> str:
    """The name as Sinch's page prints it, read word for word: UTCDate, the date, a backslash."""
    folder, _, name = url.rpartition("/")
    found = destination_url.parse_generated_name(name.replace("-transcript.json", ".mp3"))
    ending = "-transcript.json" if name.endswith("-transcript.json") else ".mp3"
    if found is None:
        return url
    date = name.partition("_")[0]
    return f"{folder}/UTCDate{date}\\{found.application_key}_{found.call_id}{ending}"


def _both_ids(event: Event, held: Held) -> list[Event]:
    if event.get("event") in ("ice", "dice"):
        held.call_id = str(event["callid"])
    return [{**event, "callid": held.call_id}] if "conferenceId" in event and held.call_id else [event]


def _null_member(event: Event, held: Held) -> list[Event]:
    if "callid" not in event:
        return [{**event, "callid": None}]
    return [{**event, "callid": None, "callId": event["callid"]}]


def _transcript_first(event: Event, held: Held) -> list[Event]:
    """The transcript twice, then the sound twice, although it was written first."""
    if _is_of(event, "recording_finished", "recording_available"):
        held.events.append(event)
        return []
    if _is_of(event, "transcription_available"):
        later, held.events = held.events, []
        return [event, event, *later, *later]
    return [event]


def _conference_end(event: Event, held: Held) -> list[Event]:
    """A conference's recording has finished while Sinch has not told yet that its people have left."""
    if event.get("event") == "dice":
        held.events.append(event)
        return []
    if _is_of(event, "recording_finished") and "conferenceId" in event:
        later, held.events = held.events, []
        return [event, *later]
    return [event]


def _from_app(to: Mapping[str, str]) -> Change:
    def change(event: Event, held: Held) -> list[Event]:
        if event.get("event") != "ice":
            return [event]
        return [{**event, "user": USER, "cli": "private", "to": dict(to), "domain": "mxp", "originationType": "MXP"}]

    return change


def _broken(event: Event, held: Held) -> list[Event]:
    if event.get("event") != "dice":
        return [event]
    return [{**event, "reason": "INVALIDSVAMLACTION", "result": "FAILED"}]


def _doubled(event: Event, held: Held) -> list[Event]:
    return [event, event]


SHAPES: Mapping[str, Shape] = {
    "both-ids": Shape("a conference's notifications carry a call id as well (use --conference-number)", _both_ids),
    "percent-encoded": Shape("places are percent-encoded, beyond need", _destination(_encoded)),
    "https-place": Shape("places are the vendor's https addresses, the bucket in the host", _destination(_https)),
    "https-path": Shape(
        "the same with the bucket in the path",
        _destination(lambda url, event: _https(url, event, path_style=True)),
    ),
    "sas-query": Shape(
        "places end in a signature, ?sv=…&sig=…",
        _destination(lambda url, event: f"{url}?sv=2024-11-04&sp=r&sig=c2VjcmV0LXNpZ25hdHVyZQ%3D%3D"),
    ),
    "two-parts": Shape("recordings are stopped and started again, and Sinch makes both names", two_parts=True),
    "transcript-first": Shape("each transcript comes before its recording, and everything twice", _transcript_first),
    "elsewhere": Shape(
        "recordings are written where they were requested, and reported where no destination is",
        _destination(_elsewhere),
    ),
    "another-bucket": Shape(
        "recordings are in a bucket that is no destination, and reported there",
        _destination(_another_bucket),
        writes_nothing=True,
    ),
    "null-member": Shape("callid is null, and callId has the id", _null_member),
    "seed-name": Shape("names are written as Sinch's page prints them: UTCDate…\\key_call", _destination(_seed_name)),
    "app-user": Shape(
        f"calls come from an app user called {USER} and are dialled to one called {CALLED_USER}",
        _from_app({"type": "username", "endpoint": CALLED_USER}),
    ),
    "app-national": Shape(
        f"an app user dials {NATIONAL}, a number without its country code",
        _from_app({"type": "number", "endpoint": NATIONAL}),
    ),
    "app-conference": Shape(
        f"an app user dials the conference {CONFERENCE}", _from_app({"type": "conference", "endpoint": CONFERENCE})
    ),
    "conference-end": Shape("a conference's recording finishes before its people are said to leave", _conference_end),
    "doubled": Shape("every event comes twice", _doubled),
    "chunked": Shape("bodies come in chunks, without a Content-Length", chunked=True),
    "wrong-signature": Shape("events are signed with another secret: each must be refused", wrong_signature=True),
    "broken-call": Shape("every call ends with INVALIDSVAMLACTION", _broken),
}


def halves(whole: Recording, now: datetime) -> list[Recording]:
    """A recording stopped in its middle and started again, both in the folder, where Sinch makes names by their dates.

    One of less than four seconds stays whole: names of the same second would be one name.
    """
    stopped = whole.stopped_at or now
    middle = whole.started_at + (stopped - whole.started_at) / 2
    if whole.conference_id or stopped - whole.started_at < timedelta(seconds=4):
        return [whole]
    folder = whole.options.destination_url.rpartition("/")[0] + "/"
    options = replace(whole.options, destination_url=folder)
    return [
        replace(whole, options=options, stopped_at=middle),
        replace(whole, options=options, started_at=middle, stopped_at=stopped),
    ]


class ShapedWire(Wire):
    """A wire on which events leave in a shape; the reply is that to the event itself."""

    def __init__(self, application: Application, post: Post, shape: Shape) -> None:
        if shape.wrong_signature:
            application = Application(application.key, ANOTHER_SECRET, application.url, application.fallback_url)
        super().__init__(application, post)
        self._shape, self._held = shape, Held()

    def send(self, event: Event) -> HttpReply:
        """Send what the shape makes of an event."""
        replies = [super(ShapedWire, self).send(each) for each in self._shape.change(event, self._held)]
        return replies[0] if replies else HttpReply(200, b"{}")

    def flush(self) -> None:
        """Send what was held back."""
        held, self._held.events = self._held.events, []
        for event in held:
            super().send(event)
