"""Ids of indexed recordings and their lines in the order of the calls' times, so that newest first is a scan.

A recording's id is the second of its call since 2000 and 14 bits that tell apart calls of one second; a line's id is
its recording's and 14 bits for its position.
"""

from datetime import UTC, datetime

_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
BITS = 14
MOST = 1 << BITS  # recordings of one second, lines of one recording
NEVER = 1 << 48  # beyond the ids of the next five centuries


def first_id(at: datetime) -> int:
    """Return the smallest id of a recording whose call began in this second or later."""
    return max(0, int((at - _EPOCH).total_seconds())) << BITS


def time_of(recording_id: int) -> datetime:
    """Return the second in which the call of an indexed recording began."""
    return datetime.fromtimestamp(_EPOCH.timestamp() + (recording_id >> BITS), UTC)


def line_id(recording_id: int, position: int) -> int:
    """Return the id of a line of an indexed recording."""
    return recording_id << BITS | position


def position_of(line: int) -> int:
    """Return a line's position in its recording."""
    return line & (MOST - 1)
