"""Listeners who go away, and many who stay: the site keeps no socket, no place and no memory of them."""

import contextlib
import json
import random
import socket
import struct
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests import postgres
from tests.running_site import Site, request, running
from tests.scale import scaled

pytestmark = [pytest.mark.processes, pytest.mark.timeout(3600)]

MIB = 1024 * 1024
GOING_AWAY = scaled(100, 2000)
PLAYS = scaled(10, 50)
SIZE = scaled(8, 500) * MIB
# Listeners at a time that the one process serves.
AT_ONCE = 50
# What all of these listeners together may add to the memory of the process, in bytes, however long the recordings are.
MORE_MEMORY = 64 * MIB
MORE_SOCKETS = 2
# A busy machine says 503 for a while.
TRIES = 60

SET_UP = """
import json, sys
from pathlib import Path
from django.conf import settings
from django.test import Client
from recordings_site.recordings.playback.version import audio_url
from tests import factories

destination = factories.destination()
with (Path(settings.LOCAL_STORE_ROOT) / destination.bucket / "long.mp3").open("wb") as file:
    file.write(b"ID3")
    file.truncate(int(sys.argv[1]))
stat = destination.read_store().stat("long.mp3")
recording = factories.recording(destination=destination, key=stat.key, size=stat.size, etag=stat.etag)
client = Client()
client.force_login(factories.admin())
print(json.dumps({"session": client.cookies[settings.SESSION_COOKIE_NAME].OutputString(), "url": audio_url(recording)}))
"""


class Played:
    """A running site of one process with one long recording, and a signed-in listener."""

    def __init__(self, site: Site) -> None:
        self.site = site
        [self.process] = site.web_processes()
        made: dict[str, Any] = json.loads(site.python(SET_UP, str(SIZE)))
        self.cookie, self.url = made["session"].partition(";")[0], made["url"]

    def listen(self, *, most: int | None = None) -> int:
        """How many bytes arrived, at most about so many; then the listener goes away without a word.

        Who is asked to try again in a few seconds does.
        """
        for _ in range(TRIES):
            if count := self._listen(most):
                return count
            time.sleep(1)
        raise AssertionError("The site was too busy for too long.")

    def _listen(self, most: int | None) -> int:
        with socket.create_connection(("127.0.0.1", self.site.port), 120) as connection:
            connection.sendall(request("GET", self.url, Range="bytes=0-", Cookie=self.cookie))
            got = connection.recv(65536)
            while b"\r\n\r\n" not in got:
                got += connection.recv(65536)
            head, _, body = got.partition(b"\r\n\r\n")
            if head.startswith(b"HTTP/1.1 503"):
                return 0
            assert head.startswith(b"HTTP/1.1 206"), head
            assert body[:3] in (b"ID3"[: len(body)], b"ID3")
            count, buffer = len(body), bytearray(MIB)
            while count < (SIZE if most is None else most) and (more := connection.recv_into(buffer)):
                count += more
            if most is not None and random.random() < 0.5:
                # Half of them are cut off; the others say goodbye.
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            return count

    def sockets(self) -> int:
        """How many the process holds."""
        count = 0
        for each in Path(f"/proc/{self.process}/fd").iterdir():
            with contextlib.suppress(FileNotFoundError):  # closed meanwhile
                count += "socket:" in str(each.readlink())
        return count

    def sockets_settle_at(self, most: int) -> bool:
        """Whether it soon holds no more than so many: it has seconds to notice who went away."""
        until = time.monotonic() + 30
        while self.sockets() > most and time.monotonic() < until:
            time.sleep(0.2)
        return self.sockets() <= most

    def most_memory(self) -> int:
        """The most that it has held since `forget_memory`, in bytes."""
        lines = Path(f"/proc/{self.process}/status").read_text().splitlines()
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM"))

    def forget_memory(self) -> None:
        """Begin to measure the most anew."""
        Path(f"/proc/{self.process}/clear_refs").write_text("5")


@pytest.fixture(scope="module")
def played() -> Iterator[Played]:
    """One for both tests, after its first listeners."""
    streams = {"AUDIO_STREAMS": str(AT_ONCE)}
    with postgres.migrated() as server, running(server.url, processes=1, threads=AT_ONCE + 32, **streams) as site:
        made = Played(site)
        with ThreadPoolExecutor(AT_ONCE) as pool:
            list(pool.map(lambda _: made.listen(most=MIB), range(AT_ONCE)))
        yield made


def test_listeners_who_go_away_leave_no_socket_no_place_and_no_memory(played: Played) -> None:
    sockets = played.sockets()
    played.forget_memory()
    memory = played.most_memory()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        heard = pool.map(lambda number: played.listen(most=number % 17 * 20_000 + 1), range(GOING_AWAY))
        assert all(count > 0 for count in heard)
    # Each place is free again: as many as there are listen at once, to the end.
    with ThreadPoolExecutor(AT_ONCE) as pool:
        assert sum(pool.map(lambda _: played.listen(most=MIB), range(AT_ONCE))) >= AT_ONCE * MIB
    assert played.sockets_settle_at(sockets + MORE_SOCKETS)
    assert played.most_memory() - memory <= MORE_MEMORY


def test_many_long_recordings_are_played_at_once_in_bounded_memory(played: Played) -> None:
    sockets = played.sockets()
    played.forget_memory()
    memory = played.most_memory()
    with ThreadPoolExecutor(PLAYS) as pool:
        assert list(pool.map(lambda _: played.listen(), range(PLAYS))) == [SIZE] * PLAYS
    assert played.most_memory() - memory <= MORE_MEMORY
    assert played.sockets_settle_at(sockets + MORE_SOCKETS)
