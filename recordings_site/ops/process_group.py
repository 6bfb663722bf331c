"""Keeps several processes as one: they start together, and the end of any is the end of all."""

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

# All that `serve` starts ends within 10 seconds; what has not ended by itself after these is killed.
STOP_SECONDS = 8.0
_PR_SET_PDEATHSIG = 1
# Tells a child whose it is.
PARENT_VARIABLE = "RECORDINGS_SITE_PARENT"


class ProcessExited(Exception):
    """A process ended that should have gone on."""


class Stopped(Exception):
    """Somebody asked for the end: SIGINT or SIGTERM came."""


class ProcessGroup:
    """Child processes by name."""

    def __init__(self) -> None:
        self._children: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, name: str, command: Sequence[str], environment: Mapping[str, str] | None = None) -> None:
        """Start a child. The terminal's Ctrl+C does not reach it: we stop it, in order."""
        self._children[name] = subprocess.Popen(  # noqa: S603 - our own programs
            command,
            env={**os.environ, **(environment or {}), PARENT_VARIABLE: str(os.getpid())},
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )

    def check(self) -> None:
        """Raise ChildDied when one of them has ended."""
        for name, child in self._children.items():
            code = child.poll()
            if code is not None:
                raise ProcessExited(f"The {name} process ended {_exit_reason(code)}.")

    def watch(self) -> None:
        """Return never, but by ChildDied or Stopped."""
        while True:
            self.check()
            time.sleep(0.2)

    def finish(self, name: str) -> int:
        """Wait for the end of a child that is meant to end, while the others must not; give its exit code."""
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
        """Ask all to end, the latest first, and kill what has not ended in time."""
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
    """A family that is stopped at the end of the block, whatever ends it; SIGINT and SIGTERM raise Stopped in it."""

    def stop(number: int, frame: FrameType | None) -> None:
        # Once is enough: a second Ctrl+C must not interrupt the stopping.
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
    """Called by a child of a Family: on Linux it then gets SIGTERM when its parent is gone, even by SIGKILL."""
    parent = os.environ.get(PARENT_VARIABLE)
    if parent is None or sys.platform != "linux":
        return
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != int(parent):
        # Gone before we could ask.
        os.kill(os.getpid(), signal.SIGTERM)
