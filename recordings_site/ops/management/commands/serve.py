"""The command that runs the whole site on one machine."""

import contextlib
import http.client
import os
import socket
import sys
import time
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from recordings_site.base.deadline import Deadline
from recordings_site.ops.serving.process_group import ProcessExited, ProcessGroup, Stopped, process_group
from recordings_site.ops.serving.static import collect_static_files

READY_SECONDS = 60


class Command(BaseCommand):
    """Prepares database and static files, starts web server and worker, fills the demo once, waits for the end."""

    help = "Run the site on this machine: migrations, static files, web server, worker and, on the first run, the demo."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add address and size."""
        parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: 127.0.0.1)")
        parser.add_argument("--port", type=int, default=8000, help="port to listen on (default: 8000)")
        parser.add_argument(
            "--processes", type=int, default=1, metavar="N", help="web processes of 256 threads (default: 1)"
        )
        parser.add_argument("--no-demo", action="store_true", help="skip the demo data")

    def handle(self, *args: Any, host: str, port: int, processes: int, no_demo: bool, **options: Any) -> None:
        """Run until SIGINT or SIGTERM, or until one of the processes ends."""
        check_port_is_free(host, port)
        settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
        with contextlib.suppress(Stopped), process_group() as children:
            self.stdout.write("Preparing the database and the static files")
            call_command("migrate", interactive=False, verbosity=0)
            collect_static_files()
            try:
                self._start(children, host, port, processes)
                if settings.DEMO and not no_demo:
                    self._fill_demo(children, host, port)
                self.stdout.write(self.style.SUCCESS(f"\nOpen http://{host}:{port}/ (Ctrl+C to stop)"))
                self.stdout.flush()
                children.watch()
            except ProcessExited as error:
                raise CommandError(f"{error} Everything was stopped.") from error
        self.stdout.write("Stopped.")

    def _start(self, children: ProcessGroup, host: str, port: int, processes: int) -> None:
        gunicorn = [sys.executable, "-m", "gunicorn", "--config", "python:recordings_site.ops.gunicorn_config"]
        bind = ["--bind", f"{host}:{port}", "--workers", str(processes)]
        children.start("web", [*gunicorn, *bind, "recordings_site.wsgi:application"])
        children.start("worker", manage("worker"))
        deadline = Deadline(READY_SECONDS)
        while not is_ready(host, port):
            children.check()
            if deadline.expired:
                raise CommandError(f"The site did not answer within {READY_SECONDS} s.")
            time.sleep(0.1)

    def _fill_demo(self, children: ProcessGroup, host: str, port: int) -> None:
        self.stdout.flush()
        children.start("demo", manage("demo", "--url", f"http://{host}:{port}"))
        if code := children.finish("demo"):
            raise ProcessExited(f"The demo data could not be created (exit code {code}).")


def manage(*arguments: str) -> list[str]:
    """Return the command line of a management command."""
    return [sys.executable, "-m", "recordings_site", *arguments]


def check_port_is_free(host: str, port: int) -> None:
    """Raise CommandError if another process listens on the port."""
    with socket.socket() as probe:
        # As the web server does: connections of a previous run that are still closing do not matter.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            message = f"Port {port} on {host} cannot be used ({os.strerror(error.errno or 0)})."
            raise CommandError(f"{message} Choose another: make run PORT={port + 1}") from error


def is_ready(host: str, port: int) -> bool:
    """Return whether the site can show pages and store changes."""
    connection = http.client.HTTPConnection(host, port, timeout=5)
    try:
        connection.request("GET", "/health/people")
        return connection.getresponse().status == http.HTTPStatus.OK
    except OSError:
        return False
    finally:
        connection.close()
