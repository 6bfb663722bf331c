"""A small callback back end, as a customer may have one: it verifies who signed, and answers what a test says."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from recordings_site.sinch import signing
from tests.factories import SECRET

PATH = "/their/callbacks"


@dataclass
class Upstream:
    """`answers` by event: SVAML, raw bytes, or a status; `wait` seconds before each, `between` each byte of it.

    `seen` are the verified events, `written` the bytes of answers that could be sent. Nothing is answered while
    `may_answer` is not set.
    """

    answers: dict[str, Any] = field(default_factory=dict)
    wait: float = 0.0
    between: float = 0.0
    secret: str = SECRET
    url: str = ""
    seen: list[dict[str, Any]] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    written: int = 0
    unsigned: int = 0
    closed: bool = False
    # Requests that are read and then dropped with their connection, as a server does that closes idle ones.
    drop: int = 0
    may_answer: threading.Event = field(default_factory=threading.Event)


@contextmanager
def serving(**fields: Any) -> Iterator[Upstream]:
    """Serve one on a free port."""
    upstream = Upstream(**fields)
    upstream.may_answer.set()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(upstream))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    upstream.url = f"http://127.0.0.1:{server.server_address[1]}{PATH}"
    try:
        yield upstream
    finally:
        upstream.closed = True  # connections that were kept open must find nobody either
        upstream.may_answer.set()
        server.shutdown()
        server.server_close()
        thread.join()


def _handler(upstream: Upstream) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if upstream.closed or upstream.drop:
                upstream.drop -= not upstream.closed
                self.close_connection = True
                return
            given = signing.parse_authorization(self.headers["Authorization"])
            signed = signing.verify(
                [upstream.secret],
                method="POST",
                path=self.path,
                body=body,
                content_type=self.headers["Content-Type"],
                x_timestamp=self.headers["x-timestamp"],
                signature=given.signature,
            )
            if not signed:
                upstream.unsigned += 1
                self._send(401, b"")
                return
            event = json.loads(body)
            upstream.seen.append(event)
            upstream.bodies.append(body)
            time.sleep(upstream.wait)
            upstream.may_answer.wait()
            answer = upstream.answers.get(event["event"], b"")
            if isinstance(answer, int):
                self._send(answer, b"")
            else:
                self._send(200, answer if isinstance(answer, bytes) else json.dumps(answer).encode())

        def _send(self, status: int, content: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            with suppress(OSError):  # who asked may have given up
                self.end_headers()
                for piece in [bytes([byte]) for byte in content] if upstream.between else [content]:
                    time.sleep(upstream.between)
                    self.wfile.write(piece)
                    upstream.written += len(piece)

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    return Handler
