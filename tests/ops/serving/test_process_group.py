"""Processes that belong together end together, in time, and leave nothing behind."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from recordings_site.ops.serving import process_group as processes
from recordings_site.ops.serving.process_group import ProcessExited, Stopped, process_group

SLEEP = [sys.executable, "-c", "import time; time.sleep(60)"]
STUBBORN = [sys.executable, "-c", "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(60)"]


def alive(pid: int) -> bool:
    """Whether a process of this id runs."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def pids(children: processes.ProcessGroup) -> list[int]:
    """The process ids of a family."""
    return [child.pid for child in children._children.values()]


def test_the_death_of_one_ends_all_and_says_which_and_how() -> None:
    with process_group() as children:
        children.start("web", SLEEP)
        children.start("worker", SLEEP)
        found = pids(children)
        os.kill(found[0], signal.SIGKILL)
        with pytest.raises(ProcessExited, match="The web process ended by signal SIGKILL"):
            children.watch()
    assert not any(map(alive, found))


def test_a_request_to_stop_ends_all() -> None:
    found = []
    with contextlib.suppress(Stopped), process_group() as children:
        children.start("web", SLEEP)
        found = pids(children)
        os.kill(os.getpid(), signal.SIGTERM)
        children.watch()
    assert found
    assert not any(map(alive, found))
    assert signal.getsignal(signal.SIGTERM) is not signal.SIG_IGN


def test_one_that_does_not_listen_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "STOP_SECONDS", 0.5)
    with process_group() as children:
        children.start("stubborn", STUBBORN)
        found = pids(children)
        time.sleep(0.3)
    assert not any(map(alive, found))


def test_one_that_is_meant_to_end_may_end() -> None:
    with process_group() as children:
        children.start("web", SLEEP)
        children.start("demo", [sys.executable, "-c", "raise SystemExit(3)"])
        assert children.finish("demo") == 3
        children.check()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child of its parent’s death")
def test_children_end_with_a_parent_that_was_killed(tmp_path: Path) -> None:
    its_group = "recordings_site.ops.serving.process_group"
    child_program = f"from {its_group} import end_with_parent; import time; end_with_parent(); time.sleep(60)"
    program = f"""
import sys, time
from recordings_site.ops.serving.process_group import process_group
with process_group() as children:
    children.start("web", [sys.executable, "-c", {child_program!r}])
    time.sleep(1)
    print(next(iter(children._children.values())).pid, flush=True)
    children.watch()
"""
    parent = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    parent.kill()
    parent.wait()
    parent.stdout.close()
    until = time.monotonic() + 60
    while alive(child) and time.monotonic() < until:
        time.sleep(0.05)
    assert not alive(child)
