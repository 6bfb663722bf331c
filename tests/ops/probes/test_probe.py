"""A probe answers in time, whatever the check does, and never piles checks up."""

import threading
from collections.abc import Iterator

import pytest

from recordings_site.ops.probes import probe
from recordings_site.ops.probes.probe import SLOW, Probe


@pytest.fixture(autouse=True)
def nothing_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probe, "KEEP_SECONDS", 0.0)


@pytest.fixture
def hanging() -> Iterator[tuple[Probe, threading.Event, list[int]]]:
    """A probe whose check hangs until the event is set, and a list of its runs."""
    release, runs = threading.Event(), [0]

    def check() -> str:
        runs[0] += 1
        release.wait()
        return ""

    yield Probe(check, seconds=0.02), release, runs
    release.set()


def test_a_check_that_hangs_is_reported_as_slow_and_not_started_again(
    hanging: tuple[Probe, threading.Event, list[int]],
) -> None:
    slow, _, runs = hanging
    assert [slow.problem() for _ in range(5)] == [SLOW] * 5
    assert runs == [1]


def test_what_was_slow_is_well_again_once_it_ended(hanging: tuple[Probe, threading.Event, list[int]]) -> None:
    slow, release, _ = hanging
    slow.problem()
    thread = slow._thread
    assert thread is not None
    release.set()
    thread.join()
    assert slow.problem() == ""


def test_an_error_is_told_by_its_kind_alone() -> None:
    def check() -> str:
        raise ConnectionError("refused by db.internal")

    assert Probe(check, seconds=5).problem() == "ConnectionError"


def test_several_who_ask_within_a_second_share_an_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probe, "KEEP_SECONDS", 60.0)
    answers = iter(["", "second"])
    shared = Probe(lambda: next(answers), seconds=5)
    assert [shared.problem() for _ in range(3)] == ["", "", ""]
