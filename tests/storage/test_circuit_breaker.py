"""How long a store is waited for: not long when it is dead or slow, longer when it is we who are busy."""

import threading
import time
from typing import Any

import pytest

from recordings_site.storage import AccessDenied, StoreUnavailable
from recordings_site.storage.circuit_breaker import CircuitBreaker


def nothing(late: Any) -> None:
    """What is done with a late answer here."""


def test_an_answer_and_an_error_come_through() -> None:
    breaker = CircuitBreaker()
    assert breaker.call(lambda: 7, discard=nothing) == 7

    def refuse() -> None:
        raise AccessDenied("no")

    with pytest.raises(AccessDenied, match="no"):
        breaker.call(refuse, discard=nothing)
    assert breaker.call(lambda: 8, discard=nothing) == 8


def test_a_hung_store_is_given_up_left_alone_and_called_again() -> None:
    breaker = CircuitBreaker(seconds=0.5, open_seconds=1.5)
    release, late = threading.Event(), []
    with pytest.raises(StoreUnavailable, match="didn’t respond within"):
        breaker.call(lambda: release.wait(60), discard=late.append)
    with pytest.raises(StoreUnavailable, match="a moment ago"):
        breaker.call(lambda: True, discard=nothing)
    time.sleep(1.5)
    assert breaker.call(lambda: True, discard=nothing)
    release.set()
    for _ in range(1000):
        if late:
            break
        time.sleep(0.02)
    assert late == [True]


def test_a_hung_store_holds_no_more_threads_than_it_may() -> None:
    breaker = CircuitBreaker(seconds=0.2, open_seconds=0, max_calls=2)
    release, running = threading.Event(), []

    def hang() -> None:
        running.append(1)
        release.wait(60)

    told = []

    def ask() -> None:
        try:
            breaker.call(hang, discard=nothing)
        except StoreUnavailable as error:
            told.append(str(error))

    askers = [threading.Thread(target=ask) for _ in range(8)]
    for asker in askers:
        asker.start()
    for asker in askers:
        asker.join()
    release.set()
    assert len(running) == 2
    assert len(told) == 8


def test_who_waits_behind_many_prompt_answers_gets_one_too() -> None:
    breaker = CircuitBreaker(seconds=1, max_calls=1)
    got: list[int] = []

    def work() -> int:
        time.sleep(0.1)
        return 1

    askers = [threading.Thread(target=lambda: got.append(breaker.call(work, discard=nothing))) for _ in range(20)]
    for asker in askers:
        asker.start()
    for asker in askers:
        asker.join()
    assert sum(got) == 20
