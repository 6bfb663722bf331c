"""Figures beside their floors: the box is noisy, so only ratios of one run mean anything.

`python -m tests.bench [NAME ...]` runs all benches, or those named. Each `bench_<name>.py` has `rows()`, which yields a
Row for each figure as soon as it is known.
"""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """One figure, and the floor that it stands beside: what the same machine does at best in the same run."""

    what: str
    figure: float
    unit: str
    floor: float | None = None
    floor_is: str = ""

    def __str__(self) -> str:
        """One line of the table."""
        beside = f"{self.figure / self.floor:>7.2f} x {self.floor:>9,.1f} {self.floor_is}" if self.floor else ""
        return f"{self.what:<62}{self.figure:>9,.1f} {self.unit:<4}{beside}"


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which so many hundredths of the values lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share / 100))]
