"""Audio by `stream` and by `accel` beside nginx proxying the same store: CPU, first byte, five hundred listeners."""

import os
import selectors
import socket
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests import postgres
from tests.bench import Row, percentile
from tests.running_site import Site, request, running
from tests.stores import nginx

MIB = 1024 * 1024
SIZE = 64 * MIB
ROUNDS = 7
DOWNLOADS = 2
"""Of each way in a round; the rounds' ratios to nginx have a median that noise hardly moves."""
SEEKS = 60
LISTENERS = 500
PACE = 32_000
SECONDS = 20
STARTING = 10.0
"""Seconds over which the listeners come."""
LATE = 2 * PACE
"""Bytes that a listener may lack at the end: two seconds of sound."""

PREPARE = """
import sys
from django.conf import settings
settings.DATABASES['default']['OPTIONS']['pool']['timeout'] = 30
from django.test import Client
from tests import factories
from tests.destinations import made
from tests.stores.swift import Swift
from pathlib import Path
place = made.on_swift(Swift(Path("."), int(sys.argv[1])), "bench")
stat = place.read_store().stat("calls/one.mp3")
facts = {"size": stat.size, "etag": stat.etag, "audio": {"format": "mp3"}, "duration": 600.0}
job = factories.recording(destination=place, key="calls/one.mp3", **facts)
folder = factories.destination()
there = folder.write_store().write("one.mp3", b"ID3" + bytes(1_000_000), content_type="audio/mpeg")
facts = {"size": there.size, "etag": there.etag, "audio": {"format": "mp3"}, "duration": 60.0}
local = factories.recording(destination=folder, key="one.mp3", **facts)
client = Client()
client.force_login(factories.admin())
name = settings.SESSION_COOKIE_NAME
signed = place.read_store().sign_url("calls/one.mp3", seconds=3600)
print(job.pk, local.pk, f"{name}={client.cookies[name].value}", signed)
print(Path(settings.LOCAL_STORE_ROOT) / folder.bucket / "one.mp3")
"""
# A store that costs nearly nothing: it knows GET, HEAD, Range and If-Match as S3 does, and checks no signature.
STORE = """
daemon off; pid {folder}/pid; user {user}; worker_processes 1;
events {{ worker_connections 4096; }}
http {{
    access_log off; error_log stderr error;
    client_body_temp_path {folder}/a; proxy_temp_path {folder}/b; fastcgi_temp_path {folder}/c;
    uwsgi_temp_path {folder}/d; scgi_temp_path {folder}/e;
    server {{ listen 127.0.0.1:{port}; root {folder}; types {{ audio/mpeg mp3; }} }}
}}
"""
PLAIN = """
daemon off; pid {folder}/pid; user {user}; worker_processes 2;
events {{ worker_connections 4096; }}
http {{
    access_log off; error_log stderr error;
    client_body_temp_path {folder}/a; proxy_temp_path {folder}/b; fastcgi_temp_path {folder}/c;
    uwsgi_temp_path {folder}/d; scgi_temp_path {folder}/e;
    server {{
        listen 127.0.0.1:{port};
        location / {{
            set $url "{url}";
            proxy_pass $url; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_set_header Host $proxy_host;
            proxy_max_temp_file_size 0; proxy_buffer_size 16k; proxy_buffers 4 16k; proxy_busy_buffers_size 32k;
        }}
    }}
}}
"""


@dataclass
class Way:
    """One way to the bytes: whom to ask, what for, and whose CPU and memory it costs."""

    name: str
    port: int
    path: str
    cookie: str
    pids: Callable[[], list[int]]

    def asked(self, asked_range: str) -> bytes:
        """A request for a range."""
        return request("GET", self.path, Cookie=self.cookie, Range=asked_range)


@dataclass
class Listener:
    """Somebody who plays at the pace of the sound."""

    connection: socket.socket
    began: float
    got: int = 0
    first: float | None = None
    head: bytes = field(default=b"", repr=False)


def rows() -> Iterator[Row]:
    """Both deliveries, beside nginx alone, in one run."""
    # Each of two processes may have them all: nobody deals listeners out evenly, and one that is full refuses.
    os.environ["AUDIO_STREAMS"] = str(LISTENERS + 10)
    with tempfile.TemporaryDirectory(prefix="recordings-bench-") as name:
        folder = Path(name)
        for part in ("store", "plain", "accel"):
            (folder / part).mkdir()
        file = folder / "store" / "bench" / "calls" / "one.mp3"
        file.parent.mkdir(parents=True)
        file.write_bytes(b"ID3" + os.urandom(SIZE - 3))
        folder.chmod(0o755)
        store = nginx.run(
            folder / "store", lambda port, user: STORE.format(folder=folder / "store", port=port, user=user)
        )
        try:
            yield from _with_store(store, folder)
        finally:
            store.stop()


def _with_store(store: nginx.Nginx, folder: Path) -> Iterator[Row]:
    os.environ["ADDRESSES_ALLOWED"] = "127.0.0.1"
    with postgres.migrated() as database, running(database.url, threads=LISTENERS + 20) as site:
        job, local, cookie, signed, file = site.python(PREPARE, str(store.port)).split()
        with _delivery("accel"), running(database.url, threads=LISTENERS + 20) as behind:
            front = nginx.start(folder / "accel", web=f"127.0.0.1:{behind.port}")
            plain = _plain(folder / "plain", signed)
            path = f"/recordings/{job}/audio"
            ways = [
                Way("nginx alone", plain.port, "/", "", lambda: _tree(plain.process.pid)),
                Way("stream", site.port, path, cookie, lambda: _servers(site)),
                Way("accel", front.port, path, cookie, lambda: [*_tree(front.process.pid), *_servers(behind)]),
            ]
            try:
                yield from _first_bytes(ways)
                yield from _local(site, f"/recordings/{local}/audio", cookie, Path(file))
                yield from _cpu(ways)
                for way in ways:
                    yield from _listeners(way, database)
            finally:
                front.stop()
                plain.stop()


class _delivery:
    """AUDIO_DELIVERY for what is started meanwhile."""

    def __init__(self, mode: str) -> None:
        self.mode = mode

    def __enter__(self) -> None:
        os.environ["AUDIO_DELIVERY"] = self.mode

    def __exit__(self, *_: object) -> None:
        del os.environ["AUDIO_DELIVERY"]


def _plain(folder: Path, url: str) -> nginx.Nginx:
    return nginx.run(folder, lambda port, user: PLAIN.format(folder=folder, port=port, user=user, url=url))


def _servers(site: Site) -> list[int]:
    """gunicorn's processes on the site's port."""
    mark = f"127.0.0.1:{site.port}".encode()
    found = [int(each.name) for each in Path("/proc").iterdir() if each.name.isdigit() and mark in _cmdline(each)]
    return [pid for pid in found if pid != os.getpid()]


def _cmdline(process: Path) -> bytes:
    try:
        return process.joinpath("cmdline").read_bytes()
    except OSError:
        return b""


def _tree(pid: int) -> list[int]:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *map(int, children)]


def _cpu_seconds(pids: list[int]) -> float:
    """By the kernel's clock of each process, as clock_getcpuclockid(3) makes it: in nanoseconds, with ended threads."""
    return sum(time.clock_gettime(~pid << 3 | 2) for pid in pids)


def _memory(pids: list[int]) -> int:
    """Bytes that these processes have to themselves."""
    lines = [line for pid in pids for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()]
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith(("Private_Clean", "Private_Dirty")))


def _ask(way: Way, asked_range: str) -> float:
    """Seconds to the first byte."""
    with socket.create_connection(("127.0.0.1", way.port), 30) as connection:
        began = time.perf_counter()
        connection.sendall(way.asked(asked_range))
        first = connection.recv(1)
        took = time.perf_counter() - began
        head = (first + connection.recv(65536))[:400]
        if b" 206 " not in head:
            raise SystemExit(f"{way.name} answered {head!r}")
    return took


def _drained(connection: socket.socket, size: int) -> int:
    """Read so many bytes and the head before them; how many came."""
    buffer, got = bytearray(256 * 1024), 0
    while got < size and (more := connection.recv_into(buffer)):
        got += more
    return got


def _first_bytes(ways: list[Way]) -> Iterator[Row]:
    took: dict[str, list[float]] = {way.name: [] for way in ways}
    for way in ways:
        _ask(way, "bytes=0-99")
    for seek in range(SEEKS):
        for way in ways:
            start = (seek * 7919 * 1000) % (SIZE - 200_000)
            took[way.name].append(_ask(way, f"bytes={start}-{start + 65_535}") * 1000)
    floor = statistics.median(took["nginx alone"])
    for way in ways:
        yield Row(
            f"first byte after a seek, {way.name}", statistics.median(took[way.name]), "ms", floor, "ms nginx alone"
        )


def _local(site: Site, path: str, cookie: str, file: Path) -> Iterator[Row]:
    way = Way("local", site.port, path, cookie, list)
    opened, read = [], []
    _ask(way, "bytes=0-99")
    for seek in range(SEEKS):
        opened.append(_ask(way, f"bytes={seek * 1000}-{seek * 1000 + 65_535}") * 1000)
        began = time.perf_counter()
        with file.open("rb") as source:
            source.seek(seek * 1000)
            source.read(65_536)
        read.append((time.perf_counter() - began) * 1000)
    floor = statistics.median(read)
    yield Row("first byte from a local folder, stream", statistics.median(opened), "ms", floor, "ms reading the file")


def _cpu(ways: list[Way]) -> Iterator[Row]:
    used: dict[str, list[float]] = {way.name: [] for way in ways}
    for way in ways:
        _download(way)
    for _ in range(ROUNDS):
        for way in ways:
            pids = way.pids()
            before = _cpu_seconds(pids)
            for _ in range(DOWNLOADS):
                _download(way)
            used[way.name].append((_cpu_seconds(pids) - before) * 1_000_000 / (DOWNLOADS * SIZE / MIB))
    floor = statistics.median(used["nginx alone"])
    for way in ways:
        ratio = statistics.median(here / alone for here, alone in zip(used[way.name], used["nginx alone"], strict=True))
        yield Row(f"CPU per MiB, {way.name}", ratio * floor, "us", floor, "us nginx alone")


def _download(way: Way) -> None:
    with socket.create_connection(("127.0.0.1", way.port), 60) as connection:
        connection.sendall(way.asked("bytes=0-"))
        got = _drained(connection, SIZE)
    if got < SIZE:
        raise SystemExit(f"{way.name} sent {got} bytes only.")


def _listeners(way: Way, database: postgres.Server) -> Iterator[Row]:
    time.sleep(2)
    before = _memory(way.pids())
    listeners, most, held = _play(way, database)
    sustained = [each for each in listeners if each.first is not None and _due(each) - each.got <= LATE]
    firsts = [each.first for each in listeners if each.first is not None] or [0.0]
    yield Row(f"listeners at 32 kB/s who never waited, of {LISTENERS}, {way.name}", len(sustained), "")
    yield Row(f"  their first byte, 50th / 99th in 100, {way.name}", percentile(firsts, 50) * 1000, "ms")
    yield Row("", percentile(firsts, 99) * 1000, "ms")
    yield Row(f"  memory per listener, {way.name}", (most - before) / LISTENERS / 1000, "kB")
    yield Row(f"  database connections in use while they listen, {way.name}", held, "")
    for each in listeners:
        each.connection.close()


def _due(listener: Listener) -> int:
    assert listener.first is not None
    return int((time.monotonic() - listener.began - listener.first) * PACE)


def _play(way: Way, database: postgres.Server) -> tuple[list[Listener], int, int]:
    """Let the listeners come one after the other, read at the pace of the sound, and look when all are there."""
    selector = selectors.DefaultSelector()
    listeners: list[Listener] = []
    began = time.monotonic()
    end = began + STARTING + SECONDS
    most, held, looked = 0, 0, False
    while (now := time.monotonic()) < end:
        while len(listeners) < min(LISTENERS, (now - began) / STARTING * LISTENERS):
            listeners.append(_come(way))
        due = [each for each in listeners if each.first is None or _due(each) + PACE > each.got]
        for each in due:
            _hear(each)
        if not looked and now > began + STARTING + SECONDS * 0.7:
            most, held, looked = _memory(way.pids()), _held(database), True
        time.sleep(0.02)
    selector.close()
    return listeners, most, held


def _come(way: Way) -> Listener:
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65_536)
    connection.settimeout(10)
    connection.connect(("127.0.0.1", way.port))
    listener = Listener(connection, time.monotonic())
    connection.sendall(way.asked("bytes=0-"))
    connection.setblocking(False)
    return listener


def _hear(listener: Listener) -> None:
    try:
        chunk = listener.connection.recv(PACE)
    except OSError:
        return
    if chunk and listener.first is None:
        listener.first = time.monotonic() - listener.began
    listener.got += len(chunk)


def _held(database: postgres.Server) -> int:
    """Connections that somebody uses; those that wait in the pool for the next request are not counted."""
    busy = "SELECT count(*) FROM pg_stat_activity WHERE state <> 'idle' AND pid <> pg_backend_pid()"
    return int(database.client("psql", "-tAc", busy))
