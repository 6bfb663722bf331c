"""Replays a draft over past calls: what would be recorded more or less than was, on which numbers, and how much."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from recordings_site.calls.models import Call, Decision, Direction
from recordings_site.calls.models.replay import DAYS, Replay
from recordings_site.policies.engine import snapshot
from recordings_site.policies.engine.call_facts import kept_facts
from recordings_site.policies.engine.decide import choose, decide_by, hangs_up
from recordings_site.policies.engine.schema.document import parse
from recordings_site.policies.engine.snapshot import NumberFacts, PolicyFacts, Snapshot
from recordings_site.web.locking import lock

PAGE = 5_000
MOST_CHANGES = 200
NO_RECORDING = UUID(int=0)
# A call that Sinch records as mp3 takes about 32 kbit/s, as wav 16 bit at 8 kHz: until own recordings tell better.
BYTES_PER_SECOND = {"mp3": 4_000, "wav": 16_000}
COLUMNS = (
    "pk", "call_id", "direction", "caller", "caller_type", "called", "called_type", "number__digits", "started_at",
    "duration", "answered_at", "dice_result",
)  # fmt: skip


@dataclass
class NumberFigures:
    """The figures of one number."""

    label: str
    calls: int = 0
    before: int = 0
    after: int = 0


@dataclass
class ReplayOutcome:
    """The result of a replay: number of calls, recorded before and after, and seconds of speech for each."""

    calls: int = 0
    before: int = 0
    after: int = 0
    more: int = 0
    fewer: int = 0
    seconds_before: float = 0
    seconds_after: float = 0
    numbers: dict[str, NumberFigures] = field(default_factory=dict)
    # The first calls that change: id, whether it would be recorded, and why (DecisionFacts.grounds).
    changes: list[tuple[int, bool, dict[str, Any]]] = field(default_factory=list)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "ReplayOutcome":
        """Read `asdict`'s JSON."""
        numbers = {name: NumberFigures(**values) for name, values in data.get("numbers", {}).items()}
        changes = [(pk, record, why) for pk, record, why in data.get("changes", ())]
        return cls(**{**data, "numbers": numbers, "changes": changes})

    @property
    def losing_numbers(self) -> list[tuple[str, NumberFigures]]:
        """The numbers on which fewer calls would be recorded, those that lose most first."""
        found = [(name, figures) for name, figures in self.numbers.items() if figures.after < figures.before]
        return sorted(found, key=lambda item: item[1].after - item[1].before)


def run(replay: Replay) -> None:
    """Continue the replay from its cursor until it is done or cancelled; each page is saved before the next."""
    policy = PolicyFacts(replay.policy_id, replay.policy.name, None, None, parse(replay.document))
    in_force = snapshot.current().with_policy(policy)
    while replay.is_open:
        outcome = ReplayOutcome.from_dict(replay.outcome)
        rows = _page(replay)
        count(rows, policy, in_force, outcome)
        with transaction.atomic():
            cursor = replay.cursor
            lock(replay)
            if replay.cursor != cursor:
                return  # another worker continues it: this one lost its lease
            replay.done += len(rows)
            replay.cursor = rows[-1][0] if rows else replay.cursor
            replay.outcome = asdict(outcome)
            replay.finished_at = timezone.now() if len(rows) < PAGE else None
            replay.save(update_fields=("done", "cursor", "outcome", "finished_at"))


def calls_of(replay: Replay) -> Any:
    """The calls that a replay goes over: those of the policy's numbers, within its time."""
    return Call.objects.filter(
        number__policy=replay.policy_id,
        started_at__gte=replay.since,
        started_at__lt=replay.until,
        direction__in=(Direction.INBOUND, Direction.OUTBOUND),
    )


def _page(replay: Replay) -> list[tuple[Any, ...]]:
    rows = calls_of(replay).filter(pk__gt=replay.cursor).order_by("pk")
    return list(rows.values_list(*COLUMNS, "decision__outcome")[:PAGE])


def count(rows: Sequence[tuple[Any, ...]], policy: PolicyFacts, in_force: Snapshot, outcome: ReplayOutcome) -> None:
    """Add these calls to the outcome."""
    recordable = _recordable(policy, in_force, {row[COLUMNS.index("number__digits")] for row in rows})
    for pk, call_id, direction, *ends, own, started_at, duration, answered_at, result, decided in rows:
        caller, called = (ends[0], ends[1]), (ends[2], ends[3])
        at = started_at.astimezone(UTC)
        call = kept_facts(call_id=call_id, direction=direction, caller=caller, called=called, own=own, at=at)
        # Of a call that ended unanswered nothing was recorded and nothing would be, whatever the rules say.
        can_record = answered_at is not None or result.upper() in ("", "ANSWERED")
        before = can_record and decided == Decision.Outcome.RECORD
        after = (
            can_record
            and recordable[own]
            and choose(policy.document, call).record
            and not hangs_up(policy.document, call)
        )
        number = outcome.numbers.get(own)
        if number is None:
            known = in_force.numbers.get(own)
            number = outcome.numbers[own] = NumberFigures(known.label if known else "")
        outcome.calls += 1
        number.calls += 1
        if before:
            outcome.before += 1
            number.before += 1
            outcome.seconds_before += duration or 0
        if after:
            outcome.after += 1
            number.after += 1
            outcome.seconds_after += duration or 0
        if before != after:
            outcome.more += after
            outcome.fewer += before
            if len(outcome.changes) < MOST_CHANGES:
                decision = decide_by(policy, call, in_force.numbers.get(own), in_force, recording_id=NO_RECORDING)
                outcome.changes.append((pk, after, decision.grounds))


def _recordable(policy: PolicyFacts, in_force: Snapshot, numbers: Iterable[str]) -> dict[str, bool]:
    """On which numbers anything can be recorded: a destination takes it."""

    def has_place(number: NumberFacts | None) -> bool:
        wanted = (number.destination_id if number else None) or policy.document.how.destination
        place = in_force.destinations.get(wanted) if wanted else None
        return place is not None and place.credentials is not None

    return {own: has_place(in_force.numbers.get(own)) for own in numbers}


@dataclass(frozen=True)
class Figures:
    """The page's figures per month: minutes of recording and bytes, before and after."""

    minutes_before: float
    minutes_after: float
    bytes_before: int
    bytes_after: int


def figures(outcome: ReplayOutcome, format: str) -> Figures:
    """Recording per month of 30 days and its storage, at the usual rate of the format."""
    rate = BYTES_PER_SECOND.get(format, 4_000)
    month = 30 / DAYS
    return Figures(
        minutes_before=outcome.seconds_before * month / 60,
        minutes_after=outcome.seconds_after * month / 60,
        bytes_before=round(outcome.seconds_before * month * rate),
        bytes_after=round(outcome.seconds_after * month * rate),
    )
