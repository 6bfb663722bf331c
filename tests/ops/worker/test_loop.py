"""The worker does what is due, survives what fails, and loses nothing when it stops."""

import threading
import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from recordings_site.ops.worker.loop import Worker, drain
from recordings_site.tasks.models import Task
from recordings_site.tasks.registry import Handler, TaskKind, enqueue


def kinds(handler: Handler) -> dict[str, TaskKind]:
    """One kind of task, "note", that this handler does."""
    return {"note": TaskKind("note", handler)}


def wait_until(happened: Callable[[], bool]) -> None:
    """Wait at most a minute, for machines are busy, for something to happen."""
    until = time.monotonic() + 60
    while not happened():
        assert time.monotonic() < until, "it never happened"
        time.sleep(0.02)


@pytest.mark.django_db
def test_each_due_task_is_done_once_and_later_ones_wait() -> None:
    done: list[str] = []
    for subject in ("a", "b"):
        enqueue("note", subject)
    enqueue("note", "later", at=timezone.now() + timedelta(hours=1))
    assert drain(kinds(lambda task: done.append(task.subject))) == 2
    assert sorted(done) == ["a", "b"]
    assert Task.objects.filter(done_at=None).get().subject == "later"


@pytest.mark.django_db
def test_a_task_that_fails_does_not_stop_the_next_and_is_tried_again(caplog: pytest.LogCaptureFixture) -> None:
    done: list[str] = []

    def handle(task: Task) -> None:
        if task.subject == "poison":
            raise ValueError("cannot be swallowed")
        done.append(task.subject)

    enqueue("note", "poison", at=timezone.now() - timedelta(minutes=1))
    enqueue("note", "fine")
    drain(kinds(handle))
    assert done == ["fine"]
    failed = Task.objects.get(subject="poison")
    assert failed.error == "ValueError: cannot be swallowed"
    assert failed.done_at is None
    assert failed.next_at > timezone.now()


@pytest.mark.django_db
def test_a_task_whose_time_has_not_come_waits_without_having_failed() -> None:
    again = timezone.now() + timedelta(minutes=5)
    enqueue("note", "early")
    drain(kinds(lambda task: again))
    task = Task.objects.get()
    assert (task.next_at, task.attempts, task.done_at) == (again, 0, None)


@pytest.mark.django_db
def test_a_task_of_an_unknown_kind_is_kept_for_a_worker_that_knows_it(caplog: pytest.LogCaptureFixture) -> None:
    enqueue("from the future", "x")
    drain({})
    assert "doesn’t know tasks of the kind 'from the future'" in Task.objects.get().error


@pytest.mark.django_db(transaction=True)
def test_a_running_worker_takes_what_is_enqueued_and_stops_at_once_when_idle() -> None:
    done: list[str] = []
    worker = Worker(kinds(lambda task: done.append(task.subject)), slots=2)
    thread = threading.Thread(target=worker.run)
    thread.start()
    try:
        for subject in "abcde":
            enqueue("note", subject)
        wait_until(lambda: len(done) == 5)
        wait_until(lambda: not Task.objects.filter(done_at=None).exists())
    finally:
        worker.stop()
        thread.join(60)
    assert not thread.is_alive()
    assert sorted(done) == [*"abcde"]


@pytest.mark.django_db(transaction=True)
def test_a_slow_task_does_not_hold_up_others_and_a_stop_lets_it_finish() -> None:
    slow_may_end, done = threading.Event(), []

    def handle(task: Task) -> None:
        if task.subject == "slow":
            assert slow_may_end.wait(60)
        done.append(task.subject)

    worker = Worker(kinds(handle), slots=2)
    thread = threading.Thread(target=worker.run)
    thread.start()
    try:
        enqueue("note", "slow")
        enqueue("note", "quick")
        wait_until(lambda: done == ["quick"])
    finally:
        worker.stop()
        slow_may_end.set()
        thread.join(60)
    assert done == ["quick", "slow"]
    assert not Task.objects.filter(done_at=None).exists()
