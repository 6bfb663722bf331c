"""Callbacks that share a transaction: who comes meanwhile goes into the next one, and nobody pays for another."""

import contextlib
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from django.db import transaction
from pytest_django.fixtures import Settings

from recordings_site.accounts.models import Team
from recordings_site.callbacks.transactions import deadline, writer
from recordings_site.callbacks.transactions.deadline import DatabaseDown
from recordings_site.callbacks.transactions.writer import Writer

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def threads(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """A pool, and patience however busy the machine is; the tests of impatience choose theirs."""
    settings.CALLBACK_THREADS = 2
    monkeypatch.setattr(deadline, "DATABASE_TIMEOUT", 60)


class Teams:
    """Makes teams of these names. It waits, in its transaction, until it may go on; `done` are the transactions."""

    def __init__(self) -> None:
        self.may_go_on = threading.Event()
        self.begun = threading.Event()
        self.done: list[list[str]] = []
        self.write = Writer(self.make)

    def make(self, names: Sequence[str]) -> list[int]:
        """The ids of the new teams."""
        self.begun.set()
        self.done.append(list(names))
        with transaction.atomic():
            made = [Team.objects.create(name=name).pk for name in names if name != "poison"]
            if "poison" in names:
                raise ValueError("cannot be swallowed")
            assert self.may_go_on.wait(60)
            return made

    @contextmanager
    def while_first_is_under_way(
        self, others: Sequence[str], *, then: Callable[[], None] = lambda: None
    ) -> Iterator[dict[str, "Future[int]"]]:
        """What becomes of the first and of the others, all of whom wait while its transaction is under way; `then` is
        called before they come.
        """
        with ThreadPoolExecutor(len(others) + 1) as callers:
            found = {"first": callers.submit(self.write, "first")}
            assert self.begun.wait(60)
            then()
            found |= {name: callers.submit(self.write, name) for name in others}
            while len(self.write._waiting) < len(others) and not any(f.done() for f in found.values()):
                self.begun.wait(0.01)
            yield found


def test_who_comes_while_one_is_under_way_shares_the_next_transaction() -> None:
    teams = Teams()
    with teams.while_first_is_under_way("abc") as found:
        teams.may_go_on.set()
    assert {name: one.result() for name, one in found.items()} == dict(Team.objects.values_list("name", "pk"))
    assert [sorted(names) for names in teams.done] == [["first"], ["a", "b", "c"]]


def test_what_fails_fails_alone() -> None:
    teams = Teams()
    with teams.while_first_is_under_way(["a", "poison", "c"]) as found:
        teams.may_go_on.set()
    with pytest.raises(ValueError, match="swallowed"):
        found["poison"].result()
    assert {found[name].result() for name in "ac"} == {*Team.objects.filter(name__in="ac").values_list("pk", flat=True)}
    assert sorted(Team.objects.values_list("name", flat=True)) == ["a", "c", "first"]


def test_no_transaction_is_longer_than_a_call_can_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer, "BATCH", 2)
    teams = Teams()
    with teams.while_first_is_under_way("abcde") as found:
        teams.may_go_on.set()
    assert all(one.result() for one in found.values())
    assert [len(names) for names in teams.done] == [1, 2, 2, 1]


def test_what_was_given_up_before_its_turn_is_not_done(monkeypatch: pytest.MonkeyPatch) -> None:
    teams = Teams()
    with teams.while_first_is_under_way(
        "ab", then=lambda: monkeypatch.setattr(deadline, "DATABASE_TIMEOUT", 0.2)
    ) as found:
        for name in "ab":
            with pytest.raises(DatabaseDown):
                found[name].result()
        teams.may_go_on.set()
    monkeypatch.setattr(deadline, "DATABASE_TIMEOUT", 60)
    teams.write("last")
    assert sorted({name for names in teams.done for name in names}) == ["first", "last"]


def test_what_was_committed_too_late_is_put_right_afterwards(monkeypatch: pytest.MonkeyPatch) -> None:
    teams, put_right, late = Teams(), threading.Event(), []
    # Long enough for it to begin on any machine.
    monkeypatch.setattr(deadline, "DATABASE_TIMEOUT", 3)
    monkeypatch.setattr(deadline, "COMMIT_TIMEOUT", 0.2)

    def on_late(result: int) -> None:
        late.append(result)
        put_right.set()

    with pytest.raises(DatabaseDown):
        teams.write("late", on_late=on_late)
    assert not Team.objects.exists()
    teams.may_go_on.set()
    assert put_right.wait(60)
    assert late == [Team.objects.get().pk]


def test_while_the_database_hangs_nobody_else_waits_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    teams = Teams()
    monkeypatch.setattr(deadline, "DATABASE_TIMEOUT", 0.3)
    with ThreadPoolExecutor(1) as callers:
        hanging = callers.submit(teams.write, "first")
        assert teams.begun.wait(60)
        time.sleep(0.4)
        began = time.monotonic()
        with pytest.raises(DatabaseDown, match="Too many"):
            teams.write("later")
        assert time.monotonic() - began < 0.2
        teams.may_go_on.set()
        with contextlib.suppress(DatabaseDown):
            hanging.result()


def test_the_first_who_comes_after_the_database_hung_is_stored(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deadline, "DATABASE_TIMEOUT", 1.0)
    teams = Teams()
    teams.may_go_on.set()
    # What turns took meanwhile.
    teams.write._queue.average_seconds = 60
    assert teams.write("afterwards") == Team.objects.get(name="afterwards").pk
