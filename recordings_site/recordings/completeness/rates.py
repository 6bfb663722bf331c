"""What counts as complete: the outcomes of a recording, and the rate that they make."""

from collections.abc import Mapping

from recordings_site.recordings.models import AWAITED, OverdueKind, State

RECORDED, LATE, MISSING, SHORT, ELSEWHERE, PENDING = "recorded", "late", "missing", "short", "elsewhere", "pending"
OUTCOMES = (RECORDED, LATE, MISSING, SHORT, ELSEWHERE, PENDING)
INCOMPLETE = (LATE, MISSING, SHORT, ELSEWHERE)
# One upload may be slow; so many at once means that something is broken.
SEVERAL_LATE = 3


def outcome(*, state: str, overdue_kind: str, is_short: bool) -> str:
    """What became of one recording; "" where none was to be made."""
    if state == State.NOT_RECORDED:
        return ""
    if overdue_kind:
        return MISSING if overdue_kind == OverdueKind.MISSING else LATE
    if state in AWAITED:
        return PENDING
    if state == State.ELSEWHERE:
        return ELSEWHERE
    return SHORT if is_short else RECORDED


def rate(counts: Mapping[str, int]) -> float | None:
    """Percent of those that are there and whole, of all whose outcome is known; None while none is."""
    known = counts[RECORDED] + sum(counts[name] for name in INCOMPLETE)
    return 100.0 * counts[RECORDED] / known if known else None


def alert_rate(counts: Mapping[str, int]) -> float | None:
    """The rate by which admins are alerted: fewer late ones than SEVERAL_LATE may still arrive, and do not count."""
    return rate({**counts, LATE: 0}) if counts[LATE] < SEVERAL_LATE else rate(counts)


def shown(percent: float) -> str:
    """A rate for people: cut off, so that 99.96 never reads as a whole."""
    cut = int(percent * 10) / 10
    return f"{cut:.0f}%" if cut == int(cut) else f"{cut:.1f}%"
