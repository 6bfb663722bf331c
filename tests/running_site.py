"""A real installation: gunicorn and workers on a database of their own, and clients that cost little themselves."""

import contextlib
import selectors
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from tests import prepared
from tests.house import ROOT

READY_SECONDS = 120


@dataclass(frozen=True)
class Site:
    """A running site: its port, its folder and the environment in which its programs run."""

    port: int
    folder: Path
    environment: dict[str, str]
    server: "subprocess.Popen[bytes]"

    def web_processes(self) -> list[int]:
        """The ids of the processes that answer requests."""
        children = Path(f"/proc/{self.server.pid}/task/{self.server.pid}/children")
        return [int(pid) for pid in children.read_text().split()]

    def start_worker(self) -> "subprocess.Popen[bytes]":
        """Start a worker, which the caller has to end."""
        return subprocess.Popen([sys.executable, "manage.py", "worker"], cwd=ROOT, env=self.environment)

    def python(self, program: str, *arguments: str) -> str:
        """Run a program inside the site's Django, and give what it prints."""
        done = subprocess.run(
            [sys.executable, "-c", f"import django\ndjango.setup()\n{program}", *arguments],
            cwd=ROOT,
            env=self.environment,
            check=True,
            text=True,
            stdout=subprocess.PIPE,
        )
        return done.stdout


@contextlib.contextmanager
def running(
    database_url: str = "", *, processes: int = 2, threads: int = 32, prefix: Sequence[str] = (), **settings: str
) -> Iterator[Site]:
    """Give a running site with an empty, migrated database: this one (see `postgres.migrated`), or SQLite in a folder
    of its own.

    `prefix` is a command that becomes the server's.
    """
    folder = Path(tempfile.mkdtemp(prefix="recordings-site-"))
    environment = prepared.environment_of(folder, database_url) | settings
    try:
        prepared.copy_of_site(folder)
        with _gunicorn(folder, environment, processes, threads, prefix) as site:
            yield site
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def second_node(site: Site) -> Iterator[Site]:
    """Give another node of a running site, of one process, with a port of its own."""
    with _gunicorn(site.folder, site.environment, processes=1, threads=32) as node:
        yield node


@contextlib.contextmanager
def _gunicorn(
    folder: Path, environment: dict[str, str], processes: int, threads: int, prefix: Sequence[str] = ()
) -> Iterator[Site]:
    port = free_port()
    gunicorn = [sys.executable, "-m", "gunicorn", "--config", "python:recordings_site.ops.gunicorn_config"]
    size = ["--workers", str(processes), "--threads", str(threads), "--bind", f"127.0.0.1:{port}"]
    server = subprocess.Popen([*prefix, *gunicorn, *size, "recordings_site.wsgi"], cwd=ROOT, env=environment)
    try:
        _wait_until_ready(port, server)
        yield Site(port, folder, environment, server)
    finally:
        server.terminate()
        server.wait(20)


def free_port() -> int:
    """A port on which nobody listens now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def request(method: str, path: str, body: bytes = b"", **headers: str) -> bytes:
    """The bytes of a request on a connection that is kept open; `_` in a header's name stands for `-`."""
    lines = {"Host": "127.0.0.1", "Content-Length": str(len(body)), **headers}
    head = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in lines.items())
    return f"{method} {path} HTTP/1.1\r\n{head}\r\n".encode() + body


def receive(connection: socket.socket) -> bytes:
    """Read one answer: its head, and as much of a body as it announces."""
    got = connection.recv(65536)
    while got and b"\r\n\r\n" not in got:
        got += connection.recv(65536)
    head, _, body = got.partition(b"\r\n\r\n")
    _, found, rest = head.lower().partition(b"content-length:")
    missing = int(rest.split(b"\r\n")[0]) - len(body) if found else 0
    while missing > 0:
        more = connection.recv(65536)
        if not more:
            break
        got += more
        missing -= len(more)
    return got


@dataclass(frozen=True)
class Load:
    """What a load came to: answers per second, each one's milliseconds, and the answers themselves."""

    per_second: float
    milliseconds: list[float]
    answers: list[bytes]


def load(port: int, requests: Sequence[bytes], *, connections: int, per_second: float = 0) -> Load:
    """Send the requests over so many connections at once, each of which waits for its answer before the next.

    With `per_second` each has its time, from which it is measured, and waits for it; without, all go at once.
    """
    waiting = iter(enumerate(requests))
    lock = threading.Lock()
    milliseconds: list[float] = []
    answers: list[bytes] = []

    def client() -> None:
        with socket.create_connection(("127.0.0.1", port), 30) as connection:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            while True:
                with lock:
                    place, sent = next(waiting, (0, None))
                if sent is None:
                    return
                at = began + place / per_second if per_second else time.perf_counter()
                time.sleep(max(0.0, at - time.perf_counter()))
                connection.sendall(sent)
                answer = receive(connection)
                milliseconds.append((time.perf_counter() - at) * 1000)
                answers.append(answer)

    threads = [threading.Thread(target=client) for _ in range(connections)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return Load(len(answers) / (time.perf_counter() - began), milliseconds, answers)


def burst(port: int, requests: Sequence[bytes]) -> Load:
    """Send all requests at once, each over a connection of its own, and measure each from the moment of all.

    One thread does it all: as many as there are requests would take the machine from those who answer.
    """
    waiting = selectors.DefaultSelector()
    milliseconds: list[float] = []
    answers: list[bytes] = []
    began = time.perf_counter()
    for sent in requests:
        connection = socket.socket()
        connection.setblocking(False)
        connection.connect_ex(("127.0.0.1", port))
        waiting.register(connection, selectors.EVENT_WRITE, (sent, bytearray()))
    while waiting.get_map():
        for key, events in waiting.select(30):
            connection, (sent, got) = cast(socket.socket, key.fileobj), key.data
            if events & selectors.EVENT_WRITE:
                connection.send(sent)
                waiting.modify(connection, selectors.EVENT_READ, key.data)
                continue
            more = connection.recv(65536)
            got += more
            if not more or _is_whole(got):
                milliseconds.append((time.perf_counter() - began) * 1000)
                answers.append(bytes(got))
                waiting.unregister(connection)
                connection.close()
    return Load(len(answers) / (time.perf_counter() - began), milliseconds, answers)


def _is_whole(got: bytes | bytearray) -> bool:
    """Whether an answer has all of the body that its head announces."""
    head, end, body = got.partition(b"\r\n\r\n")
    _, found, rest = head.lower().partition(b"content-length:")
    return bool(end) and len(body) >= (int(rest.split(b"\r\n")[0]) if found else 0)


def _wait_until_ready(port: int, server: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + READY_SECONDS
    while True:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 10) as connection:
            connection.sendall(request("GET", "/empty"))
            if b" 200 " in receive(connection):
                return
        if time.monotonic() > until or server.poll() is not None:
            raise SystemExit("The site did not start.")
        time.sleep(0.1)
