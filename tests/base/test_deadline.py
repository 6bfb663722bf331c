"""A deadline counts down to nothing and stays there."""

import pytest

from recordings_site.base import deadline
from recordings_site.base.deadline import Deadline


def test_it_counts_down_and_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 50.0
    monkeypatch.setattr(deadline.time, "monotonic", lambda: now)
    until = Deadline(2.5)
    assert (until.left(), until.expired) == (2.5, False)
    now = 52.0
    assert (until.left(), until.expired) == (0.5, False)
    now = 52.5
    assert (until.left(), until.expired) == (0.0, True)
    now = 60.0
    assert (until.left(), until.expired) == (0.0, True)
    assert Deadline(0).expired
