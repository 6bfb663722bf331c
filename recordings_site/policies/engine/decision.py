"""The decision about a call and the plan to record it: plain facts and their JSON.

The decision is made once, at ICE, and holds all that ACE and PIE need later, whatever is published in between. It
holds no credentials: those are looked up each time that an answer is rendered.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any
from uuid import UUID

from recordings_site.policies.engine.call_facts import CallFacts
from recordings_site.policies.engine.schema.document import NO_ANNOUNCEMENT, Announcement
from recordings_site.policies.engine.schema.parsing import Reader
from recordings_site.policies.engine.schema.route_parsing import parse_route
from recordings_site.policies.engine.schema.routes import ConnectConf, Route
from recordings_site.policies.engine.schema.sequence import Step


class Reason(StrEnum):
    """Why a call is or isn't recorded; worded by policies.engine.sentences."""

    RULE_RECORDS = "rule_records"
    OTHERWISE_RECORDS = "otherwise_records"
    RULE_EXCLUDES = "rule_excludes"
    SAMPLED_OUT = "sampled_out"
    NO_RULE_MATCHES = "no_rule_matches"
    NO_POLICY = "no_policy"
    UNKNOWN_NUMBER = "unknown_number"
    NOT_A_NUMBER = "not_a_number"
    # An app user dialled a number without a country code, `dialled`: the call was ended.
    UNDIALABLE = "undialable"
    ROUTE_HANGS_UP = "route_hangs_up"
    # Recording was impossible: `destination` names the one that was meant.
    NO_DESTINATION = "no_destination"
    DESTINATION_UNAVAILABLE = "destination_unavailable"
    CREDENTIALS_UNUSABLE = "credentials_unusable"
    STALE_CLOCK = "stale_clock"
    REPLAYED = "replayed"
    DATABASE_DOWN = "database_down"
    FAULT = "fault"
    # What was invalid, as in sinch.svaml.Problem: `path` and `message`.
    WRONG_ANSWER = "wrong_answer"
    WRONG_RECORDING = "wrong_recording"
    FALLBACK = "fallback"
    ACE_WITHOUT_ICE = "ace_without_ice"
    UPSTREAM_RECORDS = "upstream_records"


@dataclass(frozen=True)
class PlannedRecording:
    """One recording that an answer asks for, or will ask for at ACE: what a RecordingJob is made of.

    `key` is the full key in the bucket; empty when Sinch makes the name, then `folder` says where. `joined` tells
    that the recording is the conference session's, made by the call that opened it: no new job.
    """

    recording_id: UUID
    origin: str
    starts: str
    destination_id: int
    key: str
    folder: str
    destination_url: str
    format: str
    transcription: bool
    locale: str
    notification_events: bool
    conference_id: str = ""
    joined: bool = False
    # The key of the menu that starts it (`starts` is then "pie"), "" for any other input.
    branch: str = ""

    def to_dict(self) -> dict[str, Any]:
        """JSON without credentials."""
        return {**vars(self), "recording_id": str(self.recording_id)}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "PlannedRecording":
        """Read `to_dict`'s JSON."""
        return cls(**{**data, "recording_id": UUID(data["recording_id"])})


@dataclass(frozen=True)
class DecisionFacts:
    """The decision about one call. `draw` and `percent` are set when a rule samples; `rule` counts from 1."""

    call: CallFacts
    record: bool
    reason: str
    route: Route
    # What else the words about the reason need (policies.engine.sentences), as JSON.
    values: Mapping[str, Any] = field(default_factory=dict)
    policy_id: int | None = None
    policy_name: str = ""
    version_id: int | None = None
    version_number: int | None = None
    number_id: int | None = None
    rule: int | None = None
    rule_name: str = ""
    draw: float | None = None
    percent: float | None = None
    method: str = ""
    on_answer: str = "continue"
    # The id of the conference that the call enters at its ACE, filled in; "" for none.
    answer_conference: str = ""
    announcement: Announcement = NO_ANNOUNCEMENT
    plan: PlannedRecording | None = None
    # The recordings after the first: each start of a sequence, and of a choice in a menu, makes one of its own.
    parts: tuple[PlannedRecording, ...] = ()
    steps: tuple[Step, ...] = ()
    # What to do instead when recording turns out to be impossible: connect, notice or refuse.
    if_impossible: str = "connect"
    notice: str = ""
    # What to do with recordings requested by the upstream itself: keep or replace.
    upstream: str = "keep"
    # Whether the route is the upstream's: then what its menu leads to is not known here.
    relayed: bool = False

    @property
    def conference_id(self) -> str:
        """The conference that the ICE's answer connects to, "" when it connects to none."""
        return self.route.conference_id if isinstance(self.route, ConnectConf) else ""

    @property
    def grounds(self) -> dict[str, Any]:
        """Why the call is or is not recorded, as JSON: all that policies.engine.sentences needs to say it."""
        found = {name: getattr(self, name) for name in _GROUNDS}
        return {name: value for name, value in found.items() if value not in (None, "", {})}

    def unrecorded(self, reason: str, **values: object) -> "DecisionFacts":
        """The same call, but not recorded, with the values of that reason."""
        return replace(self, record=False, reason=str(reason), values=values, plan=None, parts=())

    @property
    def expected(self) -> tuple[PlannedRecording, ...]:
        """The recordings that are sure to start, at ICE or ACE.

        Not those of a menu's choices, nor that of a conference which may be recorded already when the call enters it.
        """
        every = (one for one in (self.plan, *self.parts) if one is not None and one.starts != "pie")
        return tuple(one for one in every if one not in self.of_answered_conference)

    @property
    def of_answered_conference(self) -> tuple[PlannedRecording, ...]:
        """The recording of the conference that the call enters at its ACE, none or one."""
        plan = self.plan
        return (plan,) if plan is not None and plan.starts == "ace" and plan.conference_id else ()

    def of_branch(self, key: str) -> PlannedRecording | None:
        """The recording that this choice in the menu starts."""
        every = (self.plan, *self.parts)
        return next((one for one in every if one and one.starts == "pie" and one.branch == key), None)

    def planned(self, plan: PlannedRecording, *parts: PlannedRecording) -> "DecisionFacts":
        """The same call, recorded so. As `replace` would, which takes twice as long: every recorded call comes by."""
        return DecisionFacts(**{**vars(self), "method": plan.origin, "plan": plan, "parts": parts})

    def to_dict(self) -> dict[str, Any]:
        """JSON for `from_dict`, without credentials."""
        return {
            **vars(self),
            "call": self.call.to_dict(),
            "reason": str(self.reason),
            "route": self.route.to_dict(),
            "announcement": self.announcement.to_dict(),
            "plan": self.plan.to_dict() if self.plan else None,
            "parts": [part.to_dict() for part in self.parts],
            "steps": [step.to_dict() for step in self.steps],
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "DecisionFacts":
        """Read `to_dict`'s JSON."""
        announcement = data["announcement"]
        return cls(
            **{
                **data,
                "call": CallFacts.from_dict(data["call"]),
                "route": _stored_route(data["route"]),
                "announcement": Announcement(**{**announcement, "files": tuple(announcement.get("files", ()))}),
                "plan": PlannedRecording.from_dict(data["plan"]) if data["plan"] else None,
                "parts": tuple(PlannedRecording.from_dict(part) for part in data.get("parts", ())),
                "steps": tuple(Step.read(Reader(step)) for step in data.get("steps", ())),
            }
        )


_GROUNDS = ("record", "reason", "policy_name", "version_number", "rule", "draw", "percent", "relayed", "values")


def without_details(facts: Mapping[str, Any]) -> dict[str, Any]:
    """A decision's JSON with its grounds alone, and when its recording was to start: what says why, in years, too."""
    found = {name: facts[name] for name in _GROUNDS if name in facts}
    starts = (facts.get("plan") or {}).get("starts")
    return found | ({"plan": {"starts": starts}} if starts else {})


def _stored_route(data: Mapping[str, Any]) -> Route:
    # Its fields were checked before this call's own words ("private", a user's name) were put into them.
    return parse_route(Reader(data))
