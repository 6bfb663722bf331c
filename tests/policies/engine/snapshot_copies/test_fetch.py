"""A machine without a database gets the policies over HTTP, and keeps what it has when something else comes."""

import base64
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from recordings_site.destinations.sealing import Keyring
from recordings_site.policies.engine.schema.document import parse_default_route
from recordings_site.policies.engine.snapshot import ApplicationFacts, Snapshot
from recordings_site.policies.engine.snapshot_copies import fetch as snapshot_fetch
from recordings_site.policies.engine.snapshot_copies import sealed_file as snapshot_file
from recordings_site.policies.engine.snapshot_copies.fetch import FetchError, SnapshotFetcher, problem_of

RING = Keyring.parse("k1:" + base64.b64encode(b"k" * 32).decode())
STRANGER = Keyring.parse("k1:" + base64.b64encode(b"s" * 32).decode())
TOKEN = "t" * 32
ROUTE = parse_default_route({"action": "connectPstn", "number": "+46700000002", "cli": "{cli}"})
EMPTY = Snapshot(revision="empty")


def in_force(revision: str) -> Snapshot:
    """A snapshot with an application."""
    return Snapshot(revision=revision, applications={"app": ApplicationFacts(1, "app", ("c2VjcmV0",), ROUTE)})


@dataclass
class Node:
    """A node of the site, as far as it hands out the snapshot."""

    port: int = 0
    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    # More than was sent, for a connection that breaks.
    missing: int = 0
    asked: list[dict[str, str]] = field(default_factory=list)

    def hands_out(self, snapshot: Snapshot, *, at: float, ring: Keyring = RING, etag: str = '"1"') -> None:
        """Answer with this snapshot, last confirmed at that time."""
        self.status, self.body = 200, snapshot_file.seal(snapshot, ring).encode()
        self.headers = {"ETag": etag, "Last-Modified": formatdate(at, usegmt=True)}


@pytest.fixture
def node() -> Iterator[Node]:
    found = Node()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found.asked.append({name.lower(): value for name, value in self.headers.items()})
            self.send_response(found.status)
            for name, value in found.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(found.body) + found.missing))
            self.end_headers()
            self.wfile.write(found.body)

        def log_message(self, format: str, *args: object) -> None:
            """Print nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    found.port = server.server_port
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield found
    server.shutdown()
    server.server_close()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "snapshot.sealed"


@pytest.fixture
def fetcher(node: Node, file: Path) -> SnapshotFetcher:
    return SnapshotFetcher(f"http://127.0.0.1:{node.port}/snapshot", TOKEN, file, RING, node="fallback-1")


def test_it_comes_with_the_token_and_has_the_time_at_which_it_was_in_force(
    node: Node, fetcher: SnapshotFetcher, file: Path
) -> None:
    at = time.time() - 300
    node.hands_out(in_force("7"), at=at)
    assert fetcher.fetch()
    assert snapshot_file.read(file, RING).revision == "7"
    assert abs(file.stat().st_mtime - at) < 2
    assert file.stat().st_mode & 0o077 == 0
    asked = node.asked[0]
    assert (asked["authorization"], asked["x-snapshot-node"]) == (f"Bearer {TOKEN}", "fallback-1")


def test_what_is_known_already_is_only_confirmed(node: Node, fetcher: SnapshotFetcher, file: Path) -> None:
    node.hands_out(in_force("7"), at=time.time() - 300)
    fetcher.fetch()
    written = file.stat().st_ino
    node.status, node.body = 304, b""
    node.headers["Last-Modified"] = formatdate(time.time(), usegmt=True)
    assert not fetcher.fetch()
    assert node.asked[-1]["if-none-match"] == '"1"'
    assert file.stat().st_ino == written
    assert time.time() - file.stat().st_mtime < 5


def test_a_file_that_was_removed_is_fetched_anew(node: Node, fetcher: SnapshotFetcher, file: Path) -> None:
    node.hands_out(in_force("7"), at=time.time())
    fetcher.fetch()
    file.unlink()
    fetcher.fetch()
    assert "if-none-match" not in node.asked[-1]
    assert file.is_file()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"status": 404, "body": b""}, "SNAPSHOT_TOKEN"),
        ({"status": 503, "body": b""}, "no policies"),
        ({"status": 302, "body": b"", "headers": {"Location": "http://127.0.0.1:1/"}}, "final address"),
        ({"body": b"<html>Sign in</html>"}, "can’t decrypt this snapshot"),
        ({"body": "k1.é".encode()}, "isn’t an encrypted snapshot"),
        ({"body": snapshot_file.seal(in_force("8"), STRANGER).encode()}, "can’t decrypt this snapshot"),
        ({"body": snapshot_file.seal(EMPTY, RING).encode()}, "no application"),
        ({"body": RING.seal('{"revision": 1}', snapshot_file.CONTEXT).encode()}, "can’t decrypt this snapshot"),
        ({"headers": {}}, "no valid Last-Modified header"),
        ({"headers": {"Last-Modified": "yesterday"}}, "no valid Last-Modified header"),
        ({"headers": {"Last-Modified": formatdate(1_000_000_000, usegmt=True)}}, "older"),
        ({"missing": 100}, "RemoteProtocolError"),
    ],
)
def test_whatever_else_comes_leaves_the_file_as_it_is(
    wrong: dict[str, object], said: str, node: Node, fetcher: SnapshotFetcher, file: Path
) -> None:
    node.hands_out(in_force("7"), at=time.time() - 60)
    fetcher.fetch()
    kept = file.read_bytes()
    node.hands_out(in_force("8"), at=time.time(), etag='"2"')
    for name, value in wrong.items():
        setattr(node, name, value)
    with pytest.raises(FetchError, match=said):
        fetcher.fetch()
    assert file.read_bytes() == kept
    assert [path.name for path in file.parent.iterdir()] == [file.name]


def test_an_answer_without_end_is_left(
    node: Node, fetcher: SnapshotFetcher, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(snapshot_fetch, "MAX_BYTES", 10)
    node.hands_out(in_force("7"), at=time.time())
    with pytest.raises(FetchError, match="larger"):
        fetcher.fetch()
    monkeypatch.undo()
    monkeypatch.setattr(snapshot_fetch, "FETCH_SECONDS", 0.0)
    with pytest.raises(FetchError, match="longer"):
        fetcher.fetch()
    assert not file.exists()


def test_a_clock_that_is_ahead_makes_nothing_newer_than_now(node: Node, fetcher: SnapshotFetcher, file: Path) -> None:
    node.hands_out(in_force("7"), at=time.time() + 3600)
    fetcher.fetch()
    assert file.stat().st_mtime <= time.time()
    node.hands_out(in_force("8"), at=time.time(), etag='"2"')
    assert fetcher.fetch()


def test_a_problem_is_logged_once_and_so_is_its_end(
    node: Node, fetcher: SnapshotFetcher, caplog: pytest.LogCaptureFixture
) -> None:
    node.status = 404
    fetcher.fetch_and_log()
    fetcher.fetch_and_log()
    node.hands_out(in_force("7"), at=time.time())
    fetcher.fetch_and_log()
    assert [record.levelname for record in caplog.records if record.name.endswith("snapshot_copies.fetch")] == [
        "ERROR",
        "WARNING",
    ]
    assert TOKEN not in caplog.text


def test_a_site_that_is_down_is_a_problem_with_a_name(fetcher: SnapshotFetcher, file: Path) -> None:
    nobody = SnapshotFetcher("http://127.0.0.1:1/snapshot", TOKEN, file, RING, node="fallback-1")
    with pytest.raises(FetchError, match="ConnectError"):
        nobody.fetch()


@pytest.mark.parametrize(
    ("url", "token", "said"),
    [
        ("https://recordings.example.com/snapshot", TOKEN, ""),
        ("http://10.0.0.1:8000/snapshot", TOKEN, ""),
        ("http://recordings.example.com/snapshot", TOKEN, "https"),
        ("recordings.example.com", TOKEN, "web address"),
        ("https://recordings.example.com:port/", TOKEN, "web address"),
        ("file:///etc/passwd", TOKEN, "web address"),
        ("https://recordings.example.com/snapshot", "short", "32 characters"),
    ],
)
def test_the_address_is_https_or_allowed_and_the_token_is_long(url: str, token: str, said: str) -> None:
    problem = problem_of(url, token, allowed=["10.0.0.1:8000"])
    assert said in problem
    assert bool(problem) == bool(said)
