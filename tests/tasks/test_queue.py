"""The queue: a lease each, nothing lost, nothing done twice, failures spaced out and finally buried."""

from concurrent.futures import ThreadPoolExecutor, wait
from datetime import timedelta

import pytest
import time_machine
from django.db import connections, transaction
from django.utils import timezone

from recordings_site.tasks import queue
from recordings_site.tasks.models import Task
from recordings_site.tasks.registry import enqueue

pytestmark = pytest.mark.django_db


def later(seconds: float) -> time_machine.travel:
    return time_machine.travel(timezone.now() + timedelta(seconds=seconds), tick=False)


def test_a_task_is_given_to_one_worker_only():
    enqueue("stat", 1)
    assert [task.subject for task in queue.claim(5)] == ["1"]
    assert queue.claim(5) == []


def test_a_task_whose_time_has_not_come_is_given_to_nobody():
    enqueue("stat", 1, at=timezone.now() + timedelta(minutes=1))
    assert queue.claim() == []
    with later(61):
        assert len(queue.claim()) == 1


def test_the_longest_due_comes_first_and_kinds_can_be_chosen():
    enqueue("stat", "young", at=timezone.now() - timedelta(seconds=1))
    enqueue("stat", "old", at=timezone.now() - timedelta(seconds=9))
    enqueue("index", "oldest", at=timezone.now() - timedelta(seconds=10))
    assert [task.subject for task in queue.claim(9, kinds=("stat",))] == ["old", "young"]


def test_a_dead_workers_task_is_taken_over_when_its_lease_ends_and_the_dead_cannot_complete_it():
    enqueue("stat", 1)
    [lost] = queue.claim()
    with later(19):
        assert queue.claim() == []
    with later(21):
        [taken] = queue.claim()
        assert taken.attempts == 2
        assert not queue.complete(lost)
        assert not queue.extend(lost)
        assert queue.complete(taken)
    assert Task.objects.get().done_at is not None


def test_a_heartbeat_keeps_the_lease():
    enqueue("stat", 1)
    [task] = queue.claim()
    with later(15):
        assert queue.extend(task)
    with later(30):
        assert queue.claim() == []
        assert queue.complete(task)


def test_work_asked_for_while_it_ran_is_done_again():
    enqueue("stat", 1)
    [task] = queue.claim()
    enqueue("stat", 1)
    assert queue.claim() == [], "not twice at a time"
    assert queue.extend(task)
    assert queue.complete(task)
    [again] = queue.claim()
    assert (again.pk, again.attempts) == (task.pk, 1)
    assert queue.complete(again)
    assert queue.claim() == []


def test_a_failure_is_tried_again_ever_later_and_finally_buried_with_its_reason():
    enqueue("stat", 1)
    waited = []
    with later(0) as clock:
        for _ in range(len(queue.DELAYS)):
            [task] = queue.claim()
            assert queue.retry(task, "the store is away")
            wait = Task.objects.get().next_at - timezone.now()
            waited.append(wait / queue.DELAYS[len(waited)])
            clock.shift(wait)
        [task] = queue.claim()
        assert queue.retry(task, "the store is away")
        clock.shift(timedelta(days=365))
        assert queue.claim() == []
    assert all(0.8 <= ratio <= 1.2 for ratio in waited)
    buried = Task.objects.get()
    assert buried.dead_at is not None
    assert buried.error == "the store is away"


def test_a_postponed_task_waits_without_having_failed():
    enqueue("stat", 1)
    [task] = queue.claim()
    assert queue.postpone(task, timezone.now() + timedelta(minutes=10))
    assert queue.claim() == []
    with later(601):
        assert queue.claim()[0].attempts == 1


@pytest.mark.django_db(transaction=True)
def test_nobody_takes_a_waiting_task_before_it_can_see_what_was_added_to_it():
    enqueue("stat", 1)

    def taken() -> list[Task]:
        try:
            return queue.claim()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as worker:
        with transaction.atomic():
            enqueue("stat", 1)
            looking = worker.submit(taken)
            # PostgreSQL passes it by at once; SQLite lets the worker wait for its turn to write.
            done, _ = wait([looking], timeout=1)
            assert not done or looking.result() == []
        assert len([*looking.result(), *queue.claim()]) == 1
