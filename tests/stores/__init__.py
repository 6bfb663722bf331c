"""Real object stores for the tests: started and stopped by fixtures, on ports of their own."""

import socket
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path


def free_ports(count: int) -> list[int]:
    """Ports that nobody listens on just now, all different."""
    held = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [each.getsockname()[1] for each in held]
    for each in held:
        each.close()
    return ports


def wait_for(port: int, process: subprocess.Popen[bytes], log: Path, *, seconds: float = 30) -> None:
    """Until somebody listens there; a process that ended instead shows its log."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"{process.args!r} ended with {process.returncode}: {log.read_text()[-2000:]}")
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError(f"{process.args!r} does not listen on {port} after {seconds} s: {log.read_text()[-2000:]}")


def stop(processes: Sequence[subprocess.Popen[bytes]]) -> None:
    """End them all and wait until they are gone."""
    for process in processes:
        process.terminate()
    for process in processes:
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
