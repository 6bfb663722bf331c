"""A real nginx with the configuration that the site ships, bent to ports and files of a test."""

import getpass
import re
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.stores import free_ports, stop, wait_for

SHIPPED = Path(__file__).parents[2] / "recordings_site" / "ops" / "nginx.conf"


@dataclass
class Nginx:
    """A running nginx; `url` is its address."""

    port: int
    process: subprocess.Popen[bytes]

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    def stop(self) -> None:
        """End it."""
        stop([self.process])


def start(folder: Path, *, web: str, callbacks: str = "") -> Nginx:
    """Start the shipped configuration in front of `web` and `callbacks` ("host:port", several by "; server ")."""

    nodes = (callbacks or web).split("; server ")

    def bent(port: int, user: str) -> str:
        text = SHIPPED.read_text()
        for pattern, instead in (
            (r"listen 443 ssl http2;", f"listen 127.0.0.1:{port};"),
            (r"ssl_certificate(_key)? .*;", ""),
            (r"127\.0\.0\.1:8000", web),
            # Each node with the options of the one that is there.
            (r"server 127\.0\.0\.1:8001([^;]*);", "".join(rf"server {node}\1; " for node in nodes)),
            (r"resolver 127.*;", ""),
            (r"http \{", f"http {{\n{_places(folder)}"),
        ):
            text, found = re.subn(pattern, instead, text)
            assert found, f"{pattern} is no longer in the shipped configuration"
        return f"daemon off;\npid {folder}/pid;\nuser {user};\n{text}"

    return run(folder, bent)


def run(folder: Path, configuration: Callable[[int, str], str]) -> Nginx:
    """Start a configuration, made for a port and a user, and wait until it listens."""
    (port,) = free_ports(1)
    (folder / "nginx.conf").write_text(configuration(port, getpass.getuser()))
    log = folder / "nginx.log"
    program = shutil.which("nginx") or "/usr/sbin/nginx"
    command = [program, "-p", str(folder), "-e", str(log), "-c", str(folder / "nginx.conf")]
    with log.open("ab") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output)
    try:
        wait_for(port, process, log)
    except BaseException:
        stop([process])
        raise
    return Nginx(port, process)


def _places(folder: Path) -> str:
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    return "".join(f"    {kind}_temp_path {folder}/{kind};\n" for kind in kinds)
