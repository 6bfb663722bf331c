"""gunicorn's configuration of the site: threads, because audio streams mostly wait; logs without secrets.

`gunicorn --config python:recordings_site.ops.gunicorn_config recordings_site.wsgi`
"""

import os
import shutil
import tempfile
from collections.abc import Container
from typing import Any

from django.conf import settings

from recordings_site.ops.serving.process_group import end_with_parent
from recordings_site.ops.serving.request_worker import Worker
from recordings_site.ops.serving.server_log import ServerLog
from recordings_site.web.logs.log_format import gunicorn_configuration

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "recordings_site.settings")


class SiteWorker(Worker):
    """Knows the applications of this process's snapshot."""

    def known_keys(self) -> Container[str]:
        """The keys; none before there is a snapshot: only the callback's own thread may wait for one."""
        # Not above: it counts, and the folder of metrics has to be there first (on_starting).
        from recordings_site.policies.engine import snapshot

        known = snapshot.latest() if snapshot.is_loaded() else None
        return known.applications if known else ()


worker_class = SiteWorker
logger_class = ServerLog
# For heartbeats: in memory where there is some, so that a disk that is full or read-only ends no worker.
worker_tmp_dir = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108 - files without a name
# Those beyond the threads wait for their requests, or for the next one.
worker_connections = 8192
workers = settings.WEB_PROCESSES
threads = settings.WEB_THREADS
# A worker without heartbeat for this long is replaced; streams have threads of their own and do not count.
timeout = 30
graceful_timeout = 5
# gunicorn's own remote control: unused, and all processes of one user would share its socket.
control_socket_disable = True
# Behind a proxy that keeps connections open for 60 seconds, ours must not close first.
keepalive = 75


def on_starting(server: object) -> None:
    """Let gunicorn's master process end with the `serve` that started it; make the folder of metrics anew."""
    end_with_parent()
    # Before a process imports prometheus_client, which looks for it then.
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = tempfile.mkdtemp(prefix="recordings-metrics-")


def post_worker_init(worker: object) -> None:
    """Have the policies before the first call, and keep this node's file of them."""
    from recordings_site.ops.snapshot_copies import keeping

    keeping.load_before_calls()
    keeping.keep_in_background()


def child_exit(server: object, worker: Any) -> None:
    """Forget the gauges of a process that has ended; its counters count on."""
    from prometheus_client import multiprocess

    multiprocess.mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]


def on_exit(server: object) -> None:
    """Remove the folder of metrics."""
    shutil.rmtree(os.environ["PROMETHEUS_MULTIPROC_DIR"], ignore_errors=True)


logconfig_dict = gunicorn_configuration(settings.LOG_FORMAT)
