"""The site and the fallback as the README and the operators' README start them: who stalls keeps no call waiting."""

import contextlib
import json
import os
import re
import resource
import selectors
import shlex
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from gunicorn.config import Config

from recordings_site.destinations.sealing import Keyring
from recordings_site.ops.serving import request_worker
from recordings_site.policies.engine.snapshot_copies import sealed_file as snapshot_file
from tests.house import ROOT
from tests.running_callbacks import PATH, Caller, signed
from tests.running_site import burst, free_port, receive, running
from tests.scale import scaled
from tests.test_fallback import KEYS, SECRET, ice, in_force

pytestmark = [pytest.mark.processes, pytest.mark.timeout(300)]

STALLED = scaled(500, 2000)
HEAD = f"POST {PATH} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n".encode()
LENGTH, CHUNKS = b"Content-Length: 500\r\n\r\n{", b"Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n"
UNKNOWN = b"Authorization: application unknown:" + b"A" * 43 + b"=\r\n"

# Gives the port of a server, and a function that makes the request of a call with an id.
Server = tuple[int, str, Callable[[str], bytes]]


def fallback_command() -> list[str]:
    """The command in the operators' README."""
    readme = (ROOT / "recordings_site" / "ops" / "README.md").read_text()
    [command] = re.findall(r"gunicorn (.*recordings_site\.fallback:application)", readme)
    return [sys.executable, "-m", "gunicorn", *shlex.split(command)]


@contextlib.contextmanager
def fallback(folder: Path) -> Iterator[Server]:
    """A fallback, started by the operators' README's command."""
    snapshot_file.write(snapshot_file.seal(in_force(), Keyring.parse(KEYS)), folder / "snapshot")
    port, command = free_port(), fallback_command()
    command[command.index("--bind") + 1] = f"127.0.0.1:{port}"
    environment = {"PATH": os.environ["PATH"], "CREDENTIALS_KEYS": KEYS, "SNAPSHOT_FILE": str(folder / "snapshot")}
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
    try:
        until = time.monotonic() + 20
        while True:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 5):
                break
            assert server.poll() is None, (folder / "log").read_text()
            assert time.monotonic() < until
            time.sleep(0.05)
        yield port, "app", lambda call: signed("app", SECRET, ice("+46200000001", call))
    finally:
        server.terminate()
        server.wait(20)


@pytest.fixture(scope="module", params=["site", "fallback"])
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Either of them, without a proxy in front."""
    if request.param == "fallback":
        with fallback(tmp_path_factory.mktemp("fallback")) as found:
            yield found
    else:
        with running(processes=2, threads=32) as site:
            caller = Caller(site)
            yield site.port, caller.key, caller.ice


@pytest.fixture
def opened(server: Server) -> Iterator[Callable[[bytes], socket.socket]]:
    """Opens a connection and sends these bytes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(hard, 3 * STALLED + 1000)), hard))
    with contextlib.ExitStack() as stack:

        def opened(sent: bytes) -> socket.socket:
            connection = stack.enter_context(socket.create_connection(("127.0.0.1", server[0]), 30))
            connection.sendall(sent)
            return connection

        yield opened


def seconds_to_answer(port: int, request: bytes) -> float:
    """The seconds in which a call is connected."""
    began = time.monotonic()
    with socket.create_connection(("127.0.0.1", port), 30) as connection:
        connection.sendall(request)
        answer = receive(connection)
    assert json.loads(answer.partition(b"\r\n\r\n")[2])["action"]["name"] == "connectPstn", answer
    return time.monotonic() - began


def known(key: str) -> bytes:
    """The header of who names a known application; what signs it is seen only when the body is there."""
    return f"Authorization: application {key}:{'A' * 43}=\r\n".encode()


def stalls(key: str) -> dict[str, bytes]:
    """What a connection sends before it stalls."""
    return {
        "says nothing": b"",
        "half a head": HEAD,
        "half a body": HEAD + known(key) + LENGTH,
        "half a chunk": HEAD + known(key) + CHUNKS,
    }


@pytest.mark.parametrize("stall", stalls(""))
def test_calls_are_answered_beside_connections_that_stall(
    server: Server, opened: Callable[[bytes], socket.socket], stall: str
) -> None:
    port, key, call = server
    for _ in range(STALLED):
        opened(stalls(key)[stall])
    for number in range(5):
        assert seconds_to_answer(port, call(f"beside {stall} {number}")) < 2


def test_calls_are_answered_beside_clients_that_read_nothing() -> None:
    largest = max((ROOT / "static").rglob("*.*"), key=lambda path: path.stat().st_size)
    asked = f"GET /static/{largest.relative_to(ROOT / 'static')} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode()
    with running(processes=1, threads=8) as site, contextlib.ExitStack() as stack:
        caller = Caller(site)
        for _ in range(3 * 8):
            client = stack.enter_context(socket.socket())
            # As little as possible is on its way: what is sent waits for a client far away, and soon for this one.
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, 536)
            client.connect(("127.0.0.1", site.port))
            client.sendall(asked)
        time.sleep(1)
        for number in range(5):
            seconds_to_answer(site.port, caller.ice(f"beside who reads nothing {number}"))


def test_who_stalls_is_hung_up_on(server: Server, opened: Callable[[bytes], socket.socket]) -> None:
    for connection in [opened(sent) for sent in stalls(server[1]).values()]:
        connection.settimeout(30)
        with contextlib.suppress(ConnectionResetError):
            while connection.recv(65536):
                pass


@pytest.mark.parametrize("body", [LENGTH, CHUNKS], ids=["with a length", "in chunks"])
def test_of_an_unknown_key_no_body_is_awaited_and_the_connection_closes(
    opened: Callable[[bytes], socket.socket], body: bytes
) -> None:
    connection = opened(HEAD + UNKNOWN + body)
    began = time.monotonic()
    answer = receive(connection)
    assert answer.startswith(b"HTTP/1.1 401 ")
    assert b"\r\nConnection: close\r\n" in answer
    with contextlib.suppress(ConnectionResetError):
        assert connection.recv(1) == b""
    assert time.monotonic() - began < request_worker.BODY_SECONDS


def test_clients_that_do_not_hang_up_keep_no_call_waiting(
    server: Server, opened: Callable[[bytes], socket.socket]
) -> None:
    port, _, call = server
    for _ in range(20):
        receive(opened(HEAD + UNKNOWN + LENGTH))
    assert seconds_to_answer(port, call("beside clients that stay")) < 2


def test_whichever_process_is_faster_all_connections_are_answered(
    server: Server, opened: Callable[[bytes], socket.socket]
) -> None:
    port, _, call = server
    early = [opened(b"") for _ in range(10)]
    answers = burst(port, [call(f"at once {number}") for number in range(200)]).answers
    for number, connection in enumerate(early):
        connection.sendall(call(f"early {number}"))
        answers.append(receive(connection))
    assert {answer[:12] for answer in answers} == {b"HTTP/1.1 200"}


def test_a_process_that_accepts_too_late_drops_no_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    worker, dropped = object.__new__(request_worker.Worker), []
    monkeypatch.setattr(worker, "_drop_oldest", lambda: dropped.append(1))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setblocking(False)
        worker.accept(listener)
    assert dropped == []


@pytest.mark.parametrize("pieces", [1, 7, 4000])
def test_a_body_in_chunks_is_read_to_its_end(
    server: Server, opened: Callable[[bytes], socket.socket], pieces: int
) -> None:
    head, _, body = server[2](f"in chunks of {pieces}").partition(b"\r\n\r\n")
    lines = [line for line in head.split(b"\r\n") if not line.lower().startswith(b"content-length")]
    step = max(1, len(body) // pieces)
    parts = [body[start : start + step] for start in range(0, len(body), step)]
    chunks = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"
    connection = opened(b"\r\n".join([*lines, b"Transfer-Encoding: chunked"]) + b"\r\n\r\n")
    time.sleep(0.1)
    connection.sendall(chunks)
    answer = receive(connection)
    assert b" 200 " in answer.partition(b"\r\n")[0], answer
    assert json.loads(answer.partition(b"\r\n\r\n")[2])["action"]["name"] == "connectPstn"
    # The connection is kept: the next request on it is answered as well.
    connection.sendall(server[2](f"after chunks of {pieces}"))
    assert b" 200 " in receive(connection).partition(b"\r\n")[0]


def test_the_second_of_two_requests_is_awaited_when_half_of_it_came_with_the_first(
    server: Server, opened: Callable[[bytes], socket.socket]
) -> None:
    second = server[2]("came in halves")
    connection = opened(b"GET /health/live HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n" + second[:-9])
    assert b" 200 " in receive(connection).partition(b"\r\n")[0]
    connection.sendall(second[-9:])
    assert b"connectPstn" in receive(connection)


def test_who_waits_to_be_told_to_send_a_body_is_told(server: Server, opened: Callable[[bytes], socket.socket]) -> None:
    head, _, body = server[2]("told to go on").partition(b"\r\n\r\n")
    connection = opened(head + b"\r\nExpect: 100-continue\r\n\r\n")
    assert receive(connection) == b"HTTP/1.1 100 Continue\r\n\r\n"
    connection.sendall(body)
    assert b" 200 " in receive(connection).partition(b"\r\n")[0]


def test_who_has_been_awaited_longest_is_dropped_when_much_is_arriving(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(request_worker, "MAX_ARRIVING", 100_000)
    worker = object.__new__(request_worker.Worker)
    worker.cfg, worker.poller = Config(), selectors.DefaultSelector()
    worker.arriving, worker.bytes_arriving, worker.nr_conns = {}, 0, 4
    with contextlib.ExitStack() as stack:
        stack.callback(worker.poller.close)
        connections, clients = [], []
        for _ in range(4):
            client, ours = socket.socketpair()
            clients.append(stack.enter_context(client))
            connections.append(request_worker.Connection(worker, stack.enter_context(ours), None, None))
            worker._await_request(connections[-1])
            client.sendall(HEAD + b"Content-Length: 40000\r\n\r\n" + b"x" * 30_000)
            worker._receive(connections[-1], ours)
        assert list(worker.arriving) == connections[1:]
        assert worker.bytes_arriving < 100_000
        assert clients[0].recv(1) == b""
        for connection in connections[1:]:
            worker._drop(connection)
        assert worker.bytes_arriving == 0


@pytest.mark.parametrize(
    "chunks", [b"10001\r\n" + b" " * 65537 + b"\r\n0\r\n\r\n", b"zz\r\n\r\n", b"1\r\n{\r\n-1\r\n\r\n"]
)
def test_chunks_that_are_too_large_or_malformed_are_refused(
    server: Server, opened: Callable[[bytes], socket.socket], chunks: bytes
) -> None:
    answer = receive(opened(HEAD + known(server[1]) + b"Transfer-Encoding: chunked\r\n\r\n" + chunks))
    assert b" 400 " in answer.partition(b"\r\n")[0], answer


def test_it_refuses_to_end_tls_itself(tmp_path: Path) -> None:
    snapshot_file.write(snapshot_file.seal(in_force(), Keyring.parse(KEYS)), tmp_path / "snapshot")
    (tmp_path / "pem").touch()
    command = [*fallback_command(), "--certfile", str(tmp_path / "pem"), "--keyfile", str(tmp_path / "pem")]
    command[command.index("--bind") + 1] = f"127.0.0.1:{free_port()}"
    environment = {"PATH": os.environ["PATH"], "CREDENTIALS_KEYS": KEYS, "SNAPSHOT_FILE": str(tmp_path / "snapshot")}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=30)
    assert done.returncode != 0
    assert "Terminate TLS in a proxy" in done.stderr
