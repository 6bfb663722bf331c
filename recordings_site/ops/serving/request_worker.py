"""A gunicorn worker whose threads wait for no client: a request gets one when its head is here.

gunicorn's own threaded worker gives each connection a thread at once, waits there indefinitely for the rest of a head
or body, and closes connections in its main thread, which waits up to two seconds for each client: some hundred
connections that stall, or clients that do not hang up, silence it. Here heads are awaited without a thread, few threads
at a time wait for bodies, everything has a deadline, and closing a connection keeps none of the others waiting. A
thread that sends to a client who reads nothing waits as well: some are always kept from that, for calls.
"""

import contextlib
import errno
import resource
import selectors
import socket
import threading
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from gunicorn.config import Config
from gunicorn.http.body import Body, ChunkedReader
from gunicorn.http.message import Request
from gunicorn.http.unreader import SocketUnreader
from gunicorn.workers.gthread import TConn, ThreadWorker

from recordings_site.base.deadline import Deadline

# Seconds for a head, and for a body; large ones get as much longer as they take at this rate (bytes per second). Sinch
# sends a callback in milliseconds, and waits for its answer about 5 s.
HEAD_SECONDS = 5.0
BODY_SECONDS = 5.0
LOWEST_RATE = 20_000
# A head of this size is complete or refused: gunicorn accepts less.
MAX_HEAD = 64 * 1024
# Of all threads, the share that may wait for bodies; beyond it, who has waited longest is hung up on.
BODY_SHARE = 4
# Of all threads, the share that waits for no client, neither for its body nor until it reads, and the most it can be.
FREE_SHARE, MOST_FREE = 4, 16
# Seconds, and connections at a time, that a client has to read the last answer before its connection is gone.
LINGER_SECONDS = 2.0
MAX_LINGERING = 1000
# Files that a process may open, if the system allows, and how many of them are not connections.
WANTED_FILES = 65_536
OTHER_FILES = 512


class Connection(TConn):  # type: ignore[misc]
    """A client's connection, with what has arrived of a head, and until when the rest is awaited."""

    def __init__(self, worker: "Worker", *about: Any) -> None:
        super().__init__(worker.cfg, *about)
        self.worker = worker
        self.head = bytearray()
        self.deadline = Deadline(HEAD_SECONDS)

    def close(self, graceful: bool = False) -> None:
        """Close; `graceful` lets the client read what was sent."""
        if graceful:
            self.worker.linger(self)
        else:
            super().close()


class Outgoing(socket.socket):
    """A client's socket: who sends into it may have to wait until the client reads."""

    worker: "Worker"

    def sendall(self, data: Any, flags: int = 0, /) -> None:
        """Send everything."""
        with self.worker.sending_thread(self):
            super().sendall(data, flags)

    def sendfile(self, file: Any, offset: int = 0, count: int | None = None) -> int:
        """Send a file; returns how many bytes."""
        with self.worker.sending_thread(self):
            return super().sendfile(file, offset, count)


class TimedUnreader(SocketUnreader):  # type: ignore[misc]
    """Reads from a connection until its deadline."""

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection.sock)
        self.connection = connection

    def chunk(self, size_hint: int | None = None) -> bytes:
        """Return the next bytes; TimeoutError after the deadline."""
        connection = self.connection
        with connection.worker.waiting_thread(connection):
            self.sock.settimeout(max(connection.deadline.left(), 0.001))
            try:
                chunk: bytes = super().chunk(size_hint)
            finally:
                self.sock.settimeout(None)
        return chunk


class Worker(ThreadWorker):  # type: ignore[misc]
    """See the module."""

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
        self.waiting: dict[Connection, None] = {}
        self.sending: dict[Outgoing, None] = {}
        self.lock = threading.Lock()
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
        outgoing.worker = self
        self._await_head(Connection(self, outgoing, address, listener.getsockname()))
        if self.nr_conns >= self.worker_connections:
            self._drop_oldest()

    def on_client_socket_readable(self, conn: Connection, client: socket.socket) -> None:
        """A kept connection has something to read: another request begins."""
        self.poller.unregister(client)
        self.keepalived_conns.remove(conn)
        self._await_head(conn)
        self._receive_head(conn, client)

    def murder_pending(self) -> None:
        """Close what is overdue; called at least once a second."""
        super().murder_pending()
        for conn in [conn for conn in self.arriving if conn.deadline.expired]:
            self._drop(conn)
        for conn in [conn for conn, deadline in self.lingering.items() if deadline.expired]:
            self._stop_lingering(conn)

    def handle_request(self, req: Request, conn: Connection) -> object:
        """Answer a request; when its body was not read, the connection closes and the rest is left alone."""
        conn.deadline = Deadline(BODY_SECONDS + _announced(req.body) / LOWEST_RATE)
        should_close: Callable[[], bool] = req.should_close
        req.should_close = lambda: should_close() or not _is_read(req.body)
        return super().handle_request(req, conn)

    @contextlib.contextmanager
    def waiting_thread(self, conn: Connection) -> Iterator[None]:
        """Let this thread wait for a client. When too many wait, who has waited longest finds its connection ended."""
        with self.lock:
            if len(self.waiting) >= max(1, self.cfg.threads // BODY_SHARE):
                longest = next(iter(self.waiting))
                del self.waiting[longest]
                with contextlib.suppress(OSError):
                    longest.sock.shutdown(socket.SHUT_RD)
            self._keep_some_free()
            self.waiting[conn] = None
        try:
            yield
        finally:
            with self.lock:
                self.waiting.pop(conn, None)

    @contextlib.contextmanager
    def sending_thread(self, client: Outgoing) -> Iterator[None]:
        """Let this thread send, which it may have to wait for.

        When too few would be left, who has read nothing for longest finds its connection ended. A player that is paused
        takes its sound up again where it was.
        """
        with self.lock:
            self._keep_some_free()
            self.sending[client] = None
        try:
            yield
        finally:
            with self.lock:
                self.sending.pop(client, None)

    def _keep_some_free(self) -> None:
        free = max(1, min(MOST_FREE, self.cfg.threads // FREE_SHARE))
        if self.sending and len(self.sending) + len(self.waiting) >= self.cfg.threads - free:
            longest = next(iter(self.sending))
            del self.sending[longest]
            with contextlib.suppress(OSError):
                longest.shutdown(socket.SHUT_RDWR)

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

    def _await_head(self, conn: Connection) -> None:
        conn.sock.setblocking(False)
        conn.deadline = Deadline(HEAD_SECONDS)
        self.arriving[conn] = None
        self.poller.register(conn.sock, selectors.EVENT_READ, partial(self._receive_head, conn))

    def _receive_head(self, conn: Connection, client: socket.socket) -> None:
        """Take what has arrived; a thread takes over when the head is complete."""
        if conn not in self.arriving:  # dropped by an event of the same round
            return
        try:
            arrived = client.recv(MAX_HEAD)
        except BlockingIOError:
            return
        except OSError:
            arrived = b""
        if not arrived:
            self._drop(conn)
            return
        # A terminator may be split, so the last three bytes are looked at again.
        searched = max(0, len(conn.head) - 3)
        conn.head += arrived
        if conn.head.find(b"\r\n\r\n", searched) < 0 and len(conn.head) < MAX_HEAD:
            return
        del self.arriving[conn]
        self.poller.unregister(client)
        if not conn.initialized:
            conn.init()
            conn.parser.unreader = TimedUnreader(conn)
        conn.parser.unreader.unread(bytes(conn.head))
        conn.head.clear()
        self.enqueue_req(conn)

    def _drop(self, conn: Connection) -> None:
        del self.arriving[conn]
        self.poller.unregister(conn.sock)
        self.nr_conns -= 1
        conn.close()

    def _drop_oldest(self) -> None:
        """Make room: of those whose heads are awaited, close the one that has been for longest."""
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
