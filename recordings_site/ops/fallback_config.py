"""gunicorn's configuration of the fallback: a slow client delays no call.

`gunicorn --config python:recordings_site.ops.fallback_config recordings_site.fallback:application`
"""

import os
import sys
from collections.abc import Container
from typing import Any

from gunicorn.arbiter import Arbiter

from recordings_site.ops.serving.request_worker import Worker
from recordings_site.ops.serving.server_log import ServerLog
from recordings_site.web.logs.log_format import gunicorn_configuration


class FallbackWorker(Worker):
    """Knows the applications in the snapshot file."""

    def known_keys(self) -> Container[str]:
        """The keys."""
        keys: Container[str] = self.wsgi.known_keys()
        return keys


worker_class = FallbackWorker
logger_class = ServerLog
# For heartbeats: in memory where there is some, so that a disk that is full or read-only ends no worker.
worker_tmp_dir = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108 - files without a name
worker_connections = 8192
# A call's decision is remembered, for its ACE and PIE, by the process that answered its ICE.
workers = 1
threads = 256
timeout = 30
graceful_timeout = 5
# gunicorn's own remote control: unused, and all processes of one user would share its socket.
control_socket_disable = True
logconfig_dict = gunicorn_configuration(os.environ.get("LOG_FORMAT", "text"))


def post_worker_init(worker: Any) -> None:
    """Have the policies before the first call; end gunicorn with a sentence if a setting is missing."""
    try:
        worker.wsgi.start()
    except SystemExit as problem:
        sys.stderr.write(f"{problem}\n")
        raise SystemExit(Arbiter.WORKER_BOOT_ERROR) from problem
