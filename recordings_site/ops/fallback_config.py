"""gunicorn's configuration of the fallback: a slow client delays no call.

`gunicorn --config python:recordings_site.ops.fallback_config recordings_site.fallback:application`
"""

import contextlib
import socket

from gunicorn.workers.gthread import TConn, ThreadWorker

from recordings_site.base.deadline import Deadline

# Seconds to receive and answer a request: Sinch sends one in milliseconds.
REQUEST_SECONDS = 2.0


class Worker(ThreadWorker):  # type: ignore[misc]
    """A threaded worker that closes connections whose request is not complete in time.

    gunicorn itself waits indefinitely for the rest of a head or body.
    """

    def init_process(self) -> None:
        """Start the worker."""
        self.deadlines: dict[TConn, Deadline] = {}
        super().init_process()

    def handle(self, conn: TConn) -> object:
        """Serve a request in one of the threads."""
        self.deadlines[conn] = Deadline(REQUEST_SECONDS)
        try:
            return super().handle(conn)
        finally:
            del self.deadlines[conn]

    def murder_pending(self) -> None:
        """Close overdue connections; called at least once a second, in the main thread."""
        super().murder_pending()
        for conn, deadline in self.deadlines.copy().items():
            if deadline.expired:
                with contextlib.suppress(OSError):
                    # The thread that waits reads an end. A TLS socket's own method would end the encryption, too.
                    socket.socket.shutdown(conn.sock, socket.SHUT_RD)


worker_class = Worker
# A call's decision is remembered, for its ACE and PIE, by the process that answered its ICE.
workers = 1
threads = 256
timeout = 30
graceful_timeout = 5
# gunicorn's own remote control: unused, and all processes of one user would share its socket.
control_socket_disable = True
