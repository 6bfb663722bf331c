"""Keeps threads free for calls: of those that wait for clients, the ones that have waited longest are let go."""

import contextlib
import socket
import threading
from collections.abc import Iterator

# Of all threads, the share that may wait for large bodies; beyond it, who has waited longest is hung up on.
BODY_SHARE = 4
# Of all threads, the share that waits for no client, neither for its body nor until it reads, and the most it can be.
FREE_SHARE, MOST_FREE = 4, 16


class WaitingThreads:
    """Which clients' sockets threads wait for now, of so many threads."""

    def __init__(self, threads: int) -> None:
        self._most_receiving = max(1, threads // BODY_SHARE)
        self._most_waiting = threads - max(1, min(MOST_FREE, threads // FREE_SHARE))
        self._lock = threading.Lock()
        # Those that have waited longest come first.
        self._receiving: dict[socket.socket, None] = {}
        self._sending: dict[socket.socket, None] = {}

    @contextlib.contextmanager
    def receiving(self, client: socket.socket) -> Iterator[None]:
        """Let this thread wait for a client. When too many wait, who has waited longest finds its connection ended."""
        with self._lock:
            if len(self._receiving) >= self._most_receiving:
                _let_go(self._receiving, socket.SHUT_RD)
            self._keep_some_free()
            self._receiving[client] = None
        try:
            yield
        finally:
            with self._lock:
                self._receiving.pop(client, None)

    @contextlib.contextmanager
    def sending(self, client: socket.socket) -> Iterator[None]:
        """Let this thread send, which it may have to wait for.

        When too few would be left, who has read nothing for longest finds its connection ended. A player that is paused
        takes its sound up again where it was.
        """
        with self._lock:
            self._keep_some_free()
            self._sending[client] = None
        try:
            yield
        finally:
            with self._lock:
                self._sending.pop(client, None)

    def _keep_some_free(self) -> None:
        if self._sending and len(self._sending) + len(self._receiving) >= self._most_waiting:
            _let_go(self._sending, socket.SHUT_RDWR)


def _let_go(clients: dict[socket.socket, None], how: int) -> None:
    longest = next(iter(clients))
    del clients[longest]
    with contextlib.suppress(OSError):
        longest.shutdown(how)
