"""Which calls the simulator places."""

from datetime import UTC, datetime

from recordings_site.simulator.plan import CalledNumbers, plan


def test_the_calls_are_the_same_on_any_day_so_that_an_interrupted_run_goes_on() -> None:
    numbers = CalledNumbers(("46850000001", "46850000002"), ("46850000003",))
    days = (datetime(2026, 11, 23, 18, tzinfo=UTC), datetime(2026, 12, 26, 3, tzinfo=UTC))
    made = [plan(seed=1, calls=60, days=30, now=now, numbers=numbers) for now in days]
    one, other = ({tuple(call.call_id for call in group) for group in groups} for groups in made)
    assert one == other
