"""A gunicorn worker whose threads wait for no client: a request gets one when its head and its body are here.

gunicorn's own threaded worker gives each connection a thread at once, waits there indefinitely for the rest of a head
or body, and closes connections in its main thread, which waits up to two seconds for each client: some hundred
connections that stall, or clients that do not hang up, silence it. Here heads and bodies are awaited without a thread
(of large bodies the beginning; few threads at a time wait for the rest), everything has a deadline, and closing a
connection keeps none of the others waiting. A thread that sends to a client who reads nothing waits as well: some are
always kept from that, for calls.
"""

import errno
import resource
import selectors
import socket
from collections.abc import Callable, Container
from functools import partial
from itertools import takewhile
from typing import Any

from gunicorn.config import Config
from gunicorn.http.body import Body, ChunkedReader
from gunicorn.http.message import Request
from gunicorn.http.unreader import SocketUnreader
from gunicorn.workers.gthread import TConn, ThreadWorker

from recordings_site.base.deadline import Deadline
from recordings_site.ops.serving.arrival import MAX_HEAD, Arrival
from recordings_site.ops.serving.waiting_threads import WaitingThreads
from recordings_site.sinch import signing
from recordings_site.sinch.errors import SignatureError

# Seconds for a head, and for a body; large ones get as much longer as they take at this rate (bytes per second). Sinch
# sends a callback in milliseconds, and waits for its answer about 5 s.
HEAD_SECONDS = 5.0
BODY_SECONDS = 5.0
LOWEST_RATE = 20_000
# Bytes that a process holds of requests that are still arriving; beyond it, who has been awaited longest is dropped.
MAX_ARRIVING = 64 * 1024 * 1024
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
# Seconds, and connections at a time, that a client has to read the last answer before its connection is gone.
LINGER_SECONDS = 2.0
MAX_LINGERING = 1000
# Files that a process may open, if the system allows, and how many of them are not connections.
WANTED_FILES = 65_536
OTHER_FILES = 512


class Connection(TConn):  # type: ignore[misc]
    """A client's connection, with what has arrived of a request, and until when the rest is awaited."""

    def __init__(self, worker: "Worker", *about: Any) -> None:
        super().__init__(worker.cfg, *about)
        self.worker = worker
        self.is_polled = False
        self.await_request()

    def await_request(self) -> None:
        """Begin another request, with time for its head."""
        self.arrival = Arrival(self.worker.is_stranger)
        self.deadline = Deadline(HEAD_SECONDS)

    def close(self, graceful: bool = False) -> None:
        """Close; `graceful` lets the client read what was sent."""
        if graceful:
            self.worker.linger(self)
        else:
            super().close()


class Outgoing(socket.socket):
    """A client's socket: who sends into it may have to wait until the client reads."""

    threads: WaitingThreads

    def sendall(self, data: Any, flags: int = 0, /) -> None:
        """Send everything."""
        with self.threads.sending(self):
            super().sendall(data, flags)

    def sendfile(self, file: Any, offset: int = 0, count: int | None = None) -> int:
        """Send a file; returns how many bytes."""
        with self.threads.sending(self):
            return super().sendfile(file, offset, count)


class TimedUnreader(SocketUnreader):  # type: ignore[misc]
    """Reads from a connection until its deadline."""

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection.sock)
        self.connection = connection

    def chunk(self, size_hint: int | None = None) -> bytes:
        """Return the next bytes; TimeoutError after the deadline."""
        with self.connection.worker.threads.receiving(self.sock):
            self.sock.settimeout(max(self.connection.deadline.left(), 0.001))
            try:
                chunk: bytes = super().chunk(size_hint)
            finally:
                self.sock.settimeout(None)
        return chunk


class Worker(ThreadWorker):  # type: ignore[misc]
    """See the module."""

    def known_keys(self) -> Container[str]:
        """The keys of the voice applications that are known; asked for each callback, so it must not wait."""
        return ()

    @classmethod
    def check_config(cls, cfg: Config, log: Any) -> None:
        """Refuse to end TLS: its handshake, too, would keep threads waiting."""
        super().check_config(cfg, log)
        if cfg.is_ssl:
            raise SystemExit("Terminate TLS in a proxy (see recordings_site/ops/nginx.conf), not in gunicorn.")

    def init_process(self) -> None:
        """Start the worker, with as many connections as it may open files."""
        # In the order in which their deadlines pass.
        self.arriving: dict[Connection, None] = {}
        self.lingering: dict[Connection, Deadline] = {}
        self.bytes_arriving = 0
        self.threads = WaitingThreads(self.cfg.threads)
        self.worker_connections = min(self.cfg.worker_connections, _open_files() - OTHER_FILES - MAX_LINGERING)
        self.max_keepalived = self.worker_connections - self.cfg.threads
        super().init_process()

    def accept(self, listener: socket.socket) -> None:
        """Accept a connection and await its first request."""
        try:
            client, address = listener.accept()
        except OSError as error:
            if error.errno in (errno.EMFILE, errno.ENFILE):
                self._drop_oldest()
            # EAGAIN: another process was faster.
            elif error.errno not in (errno.EAGAIN, errno.ECONNABORTED):
                raise
            return
        self.nr_conns += 1
        outgoing = Outgoing(fileno=client.detach())
        outgoing.threads = self.threads
        conn = Connection(self, outgoing, address, listener.getsockname())
        self._await_request(conn)
        # Most clients have sent all of it by now.
        self._receive(conn, outgoing)
        self._poll(conn)
        if self.nr_conns >= self.worker_connections:
            self._drop_oldest()

    def on_client_socket_readable(self, conn: Connection, client: socket.socket) -> None:
        """A kept connection has something to read: another request begins."""
        self.poller.unregister(client)
        self.keepalived_conns.remove(conn)
        self._await_request(conn)
        self._receive(conn, client)
        self._poll(conn)

    def enqueue_req(self, conn: Connection) -> None:
        """Go on with a connection from which more was read than its last request: the next one begins."""
        self._await_request(conn)
        self._take(conn, conn.parser.unreader.take_buffered())
        self._poll(conn)

    def murder_pending(self) -> None:
        """Close what is overdue; called at least once a second."""
        super().murder_pending()
        for conn in list(takewhile(lambda conn: conn.deadline.expired, self.arriving)):
            self._drop(conn)
        for conn in list(takewhile(lambda conn: self.lingering[conn].expired, self.lingering)):
            self._stop_lingering(conn)

    def handle_request(self, req: Request, conn: Connection) -> object:
        """Answer a request; when its body was not read, the connection closes and the rest is left alone."""
        conn.deadline = Deadline(BODY_SECONDS + _announced(req.body) / LOWEST_RATE)
        should_close: Callable[[], bool] = req.should_close
        req.should_close = lambda: should_close() or not _is_read(req.body)
        return super().handle_request(req, conn)

    def is_stranger(self, authorization: str) -> bool:
        """Whether this header names an application that is not known: it is refused without reading its body."""
        try:
            return signing.parse_authorization(authorization).application_key not in self.known_keys()
        except SignatureError:
            return False

    def linger(self, conn: Connection) -> None:
        """Send the end, and close when the client has read it or its time is over: closed at once, it may lose it."""
        try:
            conn.sock.shutdown(socket.SHUT_WR)
            conn.sock.setblocking(False)
            self.poller.register(conn.sock, selectors.EVENT_READ, partial(self._discard, conn))
        except (OSError, ValueError, KeyError):
            TConn.close(conn)
            return
        self.lingering[conn] = Deadline(LINGER_SECONDS)
        if len(self.lingering) > MAX_LINGERING:
            self._stop_lingering(next(iter(self.lingering)))

    def _discard(self, conn: Connection, client: socket.socket) -> None:
        if conn not in self.lingering:  # closed by an event of the same round
            return
        try:
            is_over = not client.recv(4096)
        except BlockingIOError:
            return
        except OSError:
            is_over = True
        if is_over:
            self._stop_lingering(conn)

    def _stop_lingering(self, conn: Connection) -> None:
        del self.lingering[conn]
        self.poller.unregister(conn.sock)
        TConn.close(conn)

    def _await_request(self, conn: Connection) -> None:
        conn.sock.setblocking(False)
        conn.await_request()
        self.arriving[conn] = None

    def _poll(self, conn: Connection) -> None:
        """Have `_receive` called when more of a request arrives, unless all of it is here."""
        if conn in self.arriving:
            self.poller.register(conn.sock, selectors.EVENT_READ, partial(self._receive, conn))
            conn.is_polled = True

    def _receive(self, conn: Connection, client: socket.socket) -> None:
        """Take what has arrived."""
        if conn not in self.arriving:  # dropped by an event of the same round
            return
        try:
            arrived = client.recv(MAX_HEAD)
        except BlockingIOError:
            return
        except OSError:
            arrived = b""
        if arrived:
            self._take(conn, arrived)
        else:
            self._drop(conn)

    def _take(self, conn: Connection, arrived: bytes) -> None:
        """Go on with a request; a thread takes over when all of it is here."""
        had_head = conn.arrival.has_head
        self.bytes_arriving += len(arrived)
        conn.arrival.add(arrived)
        if conn.arrival.is_complete:
            self._hand_over(conn)
            return
        if conn.arrival.has_head and not had_head:
            conn.deadline = Deadline(BODY_SECONDS)
            self.arriving[conn] = self.arriving.pop(conn)  # the last one from now on
            if conn.arrival.wants_continue():
                self._send_continue(conn)
        if self.bytes_arriving > MAX_ARRIVING:
            self._drop_oldest()

    def _send_continue(self, conn: Connection) -> None:
        try:
            conn.sock.send(CONTINUE)
        except OSError:
            self._drop(conn)

    def _hand_over(self, conn: Connection) -> None:
        self._stop_awaiting(conn)
        if not conn.initialized:
            conn.init()
            conn.parser.unreader = TimedUnreader(conn)
        conn.parser.unreader.unread(conn.arrival.taken())
        super().enqueue_req(conn)

    def _stop_awaiting(self, conn: Connection) -> None:
        del self.arriving[conn]
        self.bytes_arriving -= conn.arrival.size
        if conn.is_polled:
            self.poller.unregister(conn.sock)
            conn.is_polled = False

    def _drop(self, conn: Connection) -> None:
        self._stop_awaiting(conn)
        self.nr_conns -= 1
        conn.close()

    def _drop_oldest(self) -> None:
        """Make room: of those whose requests are awaited, close the one that has been for longest."""
        if self.arriving:
            self._drop(next(iter(self.arriving)))


def _announced(body: Body) -> int:
    """The bytes of a body that are yet to be read, 0 when it comes in chunks."""
    return int(getattr(body.reader, "length", 0))


def _is_read(body: Body) -> bool:
    """Whether a body was read to its end."""
    reader = body.reader
    return reader.parser is None if isinstance(reader, ChunkedReader) else _announced(body) == 0


def _open_files() -> int:
    """How many files this process may open, after asking for more."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = WANTED_FILES if hard == resource.RLIM_INFINITY else min(WANTED_FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    return wanted if soft == resource.RLIM_INFINITY else max(soft, wanted)
