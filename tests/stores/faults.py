"""An HTTP server that misbehaves as told: for the faults that no healthy store shows on demand."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

ANSWER = (
    "HTTP/1.1 {status} X\r\nContent-Type: application/xml\r\nContent-Length: {length}\r\n"
    "Connection: close\r\n{headers}\r\n"
)
S3_ERROR = "<?xml version='1.0'?><Error><Code>{code}</Code><Message>told by the test</Message></Error>"


@dataclass
class Faulty:
    """What each next connection gets, after `hang` seconds and with `pause` seconds of silence in its middle.

    `reply` makes the answer from the request instead. `open` counts the connections that the client has not closed yet.
    """

    port: int = 0
    answer: bytes = b""
    hang: float = 0.0
    pause: float = 0.0
    reply: Callable[[bytes], bytes] | None = None
    asked: list[bytes] = field(default_factory=list)
    open: int = 0

    @property
    def endpoint(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    def says(self, status: int, body: bytes, *, headers: str = "", length: int | None = None) -> None:
        """Answer with this; `length` may promise more than there is."""
        head = ANSWER.format(status=status, length=len(body) if length is None else length, headers=headers)
        self.answer = head.encode() + body

    def refuses(self, status: int, code: str) -> None:
        """Answer as S3 does, with this code."""
        self.says(status, S3_ERROR.format(code=code).encode())

    def serve(self, connection: socket.socket) -> None:
        """One connection, one answer."""
        self.open += 1
        try:
            request = b""
            while b"\r\n\r\n" not in request and (more := connection.recv(65536)):
                request += more
            self.asked.append(request)
            deadline = time.monotonic() + self.hang
            connection.settimeout(0.05)
            while time.monotonic() < deadline:
                try:
                    if not connection.recv(65536):
                        return
                except TimeoutError:
                    continue
            connection.settimeout(5)
            answer = self.reply(request) if self.reply else self.answer
            middle = len(answer) // 2
            connection.sendall(answer[:middle])
            time.sleep(self.pause)
            connection.sendall(answer[middle:])
            connection.shutdown(socket.SHUT_WR)
            while connection.recv(65536):
                continue
        except OSError:
            return
        finally:
            connection.close()
            self.open -= 1


@contextmanager
def faulty_server() -> Iterator[Faulty]:
    """A server for the time of a test."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        faulty = Faulty(listening.getsockname()[1])

        def accept() -> None:
            while True:
                try:
                    connection, _ = listening.accept()
                except OSError:
                    return
                threading.Thread(target=faulty.serve, args=(connection,), daemon=True).start()

        threading.Thread(target=accept, daemon=True).start()
        yield faulty
        listening.shutdown(socket.SHUT_RDWR)
