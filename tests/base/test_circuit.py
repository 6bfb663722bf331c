"""When a circuit keeps callers away, and when it lets them try again."""

import time

from recordings_site.base.circuit import Circuit


def test_it_opens_after_so_many_failures_in_a_row() -> None:
    circuit = Circuit(failures=3, open_seconds=60)
    circuit.failed()
    circuit.failed()
    circuit.succeeded()
    circuit.failed()
    circuit.failed()
    assert circuit.admits()
    circuit.failed()
    assert not circuit.admits()


def test_when_it_was_open_one_caller_at_a_time_tries_and_a_success_closes_it() -> None:
    circuit = Circuit(failures=1, open_seconds=0.3)
    circuit.failed()
    assert not circuit.admits()
    time.sleep(0.35)
    assert [circuit.admits() for _ in range(3)] == [True, False, False]
    circuit.succeeded()
    assert [circuit.admits() for _ in range(3)] == [True] * 3
