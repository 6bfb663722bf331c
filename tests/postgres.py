"""A PostgreSQL of one's own: in a temporary folder, with its socket in there, gone afterwards.

`python -m tests.postgres COMMAND ...` runs a command with DATABASE_URL set to such a database.
"""

import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests import prepared

ROLE = DATABASE = "recordings"
# What makes a throw-away database fast: nothing of it has to survive a power cut.
FORGETFUL = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


@dataclass(frozen=True)
class Server:
    """A server whose data and socket are in `folder`."""

    folder: Path

    @property
    def url(self) -> str:
        """The database as a DATABASE_URL."""
        return f"postgresql://{ROLE}@/{self.folder}/{DATABASE}"

    @property
    def pid(self) -> int:
        """The process id of the server's first process."""
        return int((self.folder / "data" / "postmaster.pid").read_text().split()[0])

    def start(self, **options: str) -> None:
        """Start the server (again) and wait until it takes connections; `options` are its settings."""
        settings = {"listen_addresses": "", "unix_socket_directories": str(self.folder), "max_connections": "100"}
        flags = " ".join(f"-c {name}='{value}'" for name, value in (settings | options).items())
        self.control("start", "-w", "-l", str(self.folder / "log"), "-o", flags)

    def kill(self) -> None:
        """End the server as a crash would, and wait until its children have noticed."""
        children = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()
        os.kill(self.pid, signal.SIGKILL)
        while any(Path(f"/proc/{child}").exists() for child in children):
            time.sleep(0.05)

    def stop(self) -> None:
        """Stop the server at once, if it runs."""
        with contextlib.suppress(subprocess.CalledProcessError):
            self.control("stop", "-m", "immediate")

    def control(self, *arguments: str) -> None:
        """Run pg_ctl. Its output is let go: the server inherits it and would keep a pipe open for ever."""
        command = [program("pg_ctl"), "-D", str(self.folder / "data"), *arguments]
        subprocess.run(command, check=True, cwd=self.folder, stdout=subprocess.DEVNULL, **_another_user())

    def client(self, name: str, *arguments: str) -> str:
        """Run a client (`psql`, `pgbench`, `createdb`) on the database and give what it prints."""
        command = [program(name), "-h", str(self.folder), "-U", ROLE, *arguments, DATABASE]
        done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=self.folder)
        return done.stdout


def program(name: str) -> str:
    """The path of one of PostgreSQL's programs or of its pooler: Debian keeps them out of PATH."""
    places = [*Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), *Path("/usr/sbin").glob(name)]
    found = shutil.which(name) or max(map(str, places), default=None)
    if not found:
        raise SystemExit(f"{name} is missing. On Debian: apt-get install postgresql pgbouncer")
    return found


@contextlib.contextmanager
def running(**options: str) -> Iterator[Server]:
    """Give a running server with an empty database; `options` are PostgreSQL's settings, else FORGETFUL."""
    with _server() as server:
        _make_data(server)
        server.start(**(options or FORGETFUL))
        create = [program("createdb"), "-h", str(server.folder), "-U", ROLE, DATABASE]
        subprocess.run(create, check=True, cwd=server.folder)
        yield server


@contextlib.contextmanager
def migrated(**options: str) -> Iterator[Server]:
    """Give a running server with a site's database, migrated and empty; `options` are as in `running`."""
    with _server() as server:
        made = prepared.once("postgresql", _make_migrated)
        subprocess.run(["cp", "--archive", str(made / "data"), str(server.folder)], check=True)
        server.start(**(options or FORGETFUL))
        yield server


@contextlib.contextmanager
def _server() -> Iterator[Server]:
    """Give a server that has no data yet and does not run; it is stopped and its folder removed at the end."""
    folder = Path(tempfile.mkdtemp(prefix="postgres-"))
    server = Server(folder)
    try:
        if another := _another_user():
            os.chown(folder, another["user"], another["group"])
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _make_data(server: Server) -> None:
    init = [program("initdb"), "-D", str(server.folder / "data"), "-U", ROLE, "--auth=trust", "--no-sync"]
    subprocess.run(
        [*init, "--encoding=UTF8", "--locale=C.UTF-8"],
        check=True,
        cwd=server.folder,
        stdout=subprocess.DEVNULL,
        **_another_user(),
    )


def _make_migrated(folder: Path) -> None:
    """Leave the data of a stopped server in the folder, to be copied."""
    with running() as server, tempfile.TemporaryDirectory() as files:
        prepared.migrate(prepared.environment_of(Path(files), server.url))
        server.control("stop", "-m", "fast", "-w")
        subprocess.run(["cp", "--archive", str(server.folder / "data"), str(folder)], check=True)


@contextlib.contextmanager
def followed(primary: Server) -> Iterator[Server]:
    """Give a standby that follows a running server, and takes over when it is promoted."""
    folder = Path(tempfile.mkdtemp(prefix="postgres-"))
    standby, another = Server(folder), _another_user()
    try:
        if another:
            os.chown(folder, another["user"], another["group"])
        copy = [program("pg_basebackup"), "-h", str(primary.folder), "-U", ROLE, "-D", str(folder / "data"), "-R"]
        subprocess.run([*copy, "--checkpoint=fast", "--no-sync"], check=True, cwd=folder, **another)
        standby.start(**FORGETFUL)
        yield standby
    finally:
        standby.stop()
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def pooled(server: Server) -> Iterator[str]:
    """Give a server's database as a DATABASE_URL that leads through a pooler, which lends a connection for a
    transaction at a time and another one for the next.
    """
    folder = Path(tempfile.mkdtemp(prefix="pooler-"))
    settings = f"""[databases]
        {DATABASE} = host={server.folder} user={ROLE}
        [pgbouncer]
        pool_mode = transaction
        server_round_robin = 1
        default_pool_size = 4
        server_login_retry = 1
        auth_type = any
        unix_socket_dir = {folder}
        listen_addr =
        listen_port = 5432
        ignore_startup_parameters = extra_float_digits
        """
    (folder / "pgbouncer.ini").write_text(settings)
    another = _another_user()
    if another:
        os.chown(folder, another["user"], another["group"])
    with (folder / "log").open("wb") as log:
        command = [program("pgbouncer"), str(folder / "pgbouncer.ini")]
        process = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log, **another)
    try:
        until = time.monotonic() + 10
        while not (folder / ".s.PGSQL.5432").exists():
            if process.poll() is not None or time.monotonic() > until:
                raise SystemExit((folder / "log").read_text())
            time.sleep(0.05)
        yield Server(folder).url
    finally:
        process.kill()
        process.wait()
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def kept(folder: Path, **options: str) -> Iterator[Server]:
    """Give a running server whose data stay in `folder`, made at first; for benches, whose corpora take long to load.

    A socket's path is short: the socket is in a temporary folder.
    """
    sockets = Path(tempfile.mkdtemp(prefix="postgres-"))
    server = Server(sockets)
    data = folder / "data"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (sockets / "data").symlink_to(data)
        if another := _another_user():
            for own in (folder, sockets):
                os.chown(own, another["user"], another["group"])
        fresh = not (data / "PG_VERSION").exists()
        if fresh:
            init = [program("initdb"), "-D", str(data), "-U", ROLE, "--auth=trust", "--no-sync"]
            locale = ["--encoding=UTF8", "--locale=C.UTF-8"]
            subprocess.run([*init, *locale], check=True, cwd=sockets, stdout=subprocess.DEVNULL, **another)
        server.start(**options)
        if fresh:
            subprocess.run([program("createdb"), "-h", str(sockets), "-U", ROLE, DATABASE], check=True, cwd=sockets)
        yield server
    finally:
        with contextlib.suppress(subprocess.CalledProcessError):
            server.control("stop", "-m", "fast")
        shutil.rmtree(sockets, ignore_errors=True)


def _another_user() -> dict[str, Any]:
    """Arguments that let a child run as `postgres` or `nobody`: the server refuses to run as root."""
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            user = pwd.getpwnam(name)
            return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    raise SystemExit("PostgreSQL does not run as root, and there is no user 'postgres' or 'nobody'.")


def main() -> int:
    """Run the command named by the arguments beside a server, and give its exit code."""
    with running() as server:
        return subprocess.run(sys.argv[1:], check=False, env=os.environ | {"DATABASE_URL": server.url}).returncode


if __name__ == "__main__":
    sys.exit(main())
