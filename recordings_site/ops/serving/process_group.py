"""Runs several processes as one: when one ends, all are stopped."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from types import FrameType

from recordings_site.base.deadline import Deadline

# `serve` ends within 10 seconds: children that have not ended after these are killed.
STOP_SECONDS = 8.0
_PR_SET_PDEATHSIG = 1
# Holds the parent's pid for a child.
PARENT_VARIABLE = "RECORDINGS_SITE_PARENT"


class ProcessExited(Exception):
    """A process ended unexpectedly."""


class Stopped(Exception):
    """SIGINT or SIGTERM was received."""


class ProcessGroup:
    """Child processes by name."""

    def __init__(self) -> None:
        self._children: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, name: str, command: Sequence[str], environment: Mapping[str, str] | None = None) -> None:
        """Start a child. Ctrl+C in the terminal does not reach it: it is stopped by us, in order."""
        self._children[name] = subprocess.Popen(  # noqa: S603 - our own programs
            command,
            env={**os.environ, **(environment or {}), PARENT_VARIABLE: str(os.getpid())},
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )

    def check(self) -> None:
        """Raise ProcessExited if a child has ended."""
        for name, child in self._children.items():
            code = child.poll()
            if code is not None:
                raise ProcessExited(f"The {name} process ended {_exit_reason(code)}.")

    def watch(self) -> None:
        """Check the children until ProcessExited or Stopped is raised."""
        while True:
            self.check()
            time.sleep(0.2)

    def finish(self, name: str) -> int:
        """Wait for the end of a child that is meant to end, while the others must not; return its exit code."""
        child = self._children.pop(name)
        try:
            while (code := child.poll()) is None:
                self.check()
                time.sleep(0.1)
        except BaseException:
            self._children[name] = child
            raise
        return code

    def stop(self) -> None:
        """Terminate all children, last started first, and kill those that do not end in time."""
        children = list(reversed(self._children.values()))
        for child in children:
            if child.poll() is None:
                child.terminate()
        deadline = Deadline(STOP_SECONDS)
        for child in children:
            try:
                child.wait(deadline.left())
            except subprocess.TimeoutExpired:
                # With its own children: it leads a session.
                os.killpg(child.pid, signal.SIGKILL)
                child.wait()
        self._children.clear()


@contextlib.contextmanager
def process_group() -> Iterator[ProcessGroup]:
    """Yield a process group that is stopped at the end of the block; SIGINT and SIGTERM raise Stopped in it."""

    def stop(number: int, frame: FrameType | None) -> None:
        # A second Ctrl+C must not interrupt the stop.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        raise Stopped

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    found = ProcessGroup()
    try:
        yield found
    finally:
        for number in before:
            signal.signal(number, signal.SIG_IGN)
        found.stop()
        for number, handler in before.items():
            signal.signal(number, handler)


def _exit_reason(code: int) -> str:
    return f"by signal {signal.Signals(-code).name}" if code < 0 else f"with code {code}"


def end_with_parent() -> None:
    """Called by a child process: on Linux it then gets SIGTERM when its parent ends, even by SIGKILL."""
    parent = os.environ.get(PARENT_VARIABLE)
    if parent is None or sys.platform != "linux":
        return
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != int(parent):
        # The parent ended before prctl.
        os.kill(os.getpid(), signal.SIGTERM)
