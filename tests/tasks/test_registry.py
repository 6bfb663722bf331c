"""Every kind of task that is enqueued has a function that does it, and the worker knows all of them."""

import ast
from datetime import timedelta

import pytest

from recordings_site.ops.worker.loop import drain
from recordings_site.tasks import queue, registry
from recordings_site.tasks.models import Task
from recordings_site.tasks.registry import TaskKind, enqueue
from tests.house import ROOT, tracked


def calls_of(name: str) -> list[tuple[str, ast.Call]]:
    """All calls of a function of this name in the site's code, each with its module."""
    return [
        (str(path.relative_to(ROOT)), node)
        for path in tracked("recordings_site/*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name
    ]


def named(calls: list[tuple[str, ast.Call]]) -> set[str]:
    """The kinds that these calls name, each by a literal as their first argument."""
    unnamed = [place for place, call in calls if not (call.args and isinstance(call.args[0], ast.Constant))]
    assert unnamed == [], "a kind of task is named by a literal, so that this test can read it"
    return {str(call.args[0].value) for _, call in calls if isinstance(call.args[0], ast.Constant)}


def test_what_is_enqueued_is_registered_and_the_other_way_round() -> None:
    assert named(calls_of("enqueue")) == set(registry.load())
    assert named(calls_of("task")) == set(registry.load()), "its module is not called tasks"


def test_two_functions_cannot_do_the_same_kind() -> None:
    kind = next(iter(registry.load()))
    with pytest.raises(ValueError, match=kind):
        registry.task(kind)(lambda task: None)


@pytest.mark.django_db
def test_a_kind_may_have_its_own_delays() -> None:
    def fail(task: Task) -> None:
        raise ValueError("no")

    enqueue("note", "a")
    once = {"note": TaskKind("note", fail, delays=(timedelta(0),))}
    drain(once)
    assert Task.objects.get().dead_at is not None
    assert len(queue.DELAYS) > 1
