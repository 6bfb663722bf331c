"""A file that is exported is whole, or the download fails: behind a pooler, and when the database goes away."""

import http.client
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import pytest

from tests import postgres
from tests.running_site import running
from tests.scale import scaled
from tests.stores import nginx

pytestmark = [pytest.mark.processes, pytest.mark.timeout(300)]

# More than the sockets between the database and a slow reader hold.
ROWS = 20_000
# Many batches, by exports at the same time.
POOLED_ROWS = scaled(5_000, 20_000)
EXPORTS = 6
PREPARE = """
import sys
from django.contrib.sessions.backends.base import SessionBase
from django.test import Client
from django.utils import timezone
from recordings_site.accounts.models import AuditEvent
from tests import factories
client = Client()
client.force_login(factories.admin())
row = {"action": "thing.done", "at": timezone.now(), "data": {"what": "x" * 300}, "chain": "0" * 64}
AuditEvent.objects.bulk_create((AuditEvent(**row) for _ in range(int(sys.argv[1]))), batch_size=5000)
print(client.cookies["sessionid"].value)
"""


@pytest.fixture
def server() -> Iterator[postgres.Server]:
    with postgres.migrated() as server:
        yield server


@contextmanager
def download(port: int, session: str) -> Iterator[http.client.HTTPResponse]:
    """The answer to an export of the audit trail, of which nothing was read yet."""
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as connection:
        headers = {"Cookie": f"sessionid={session}", "Host": "127.0.0.1"}
        connection.request("GET", "/activity/export/?action=thing.done", headers=headers)
        answer = connection.getresponse()
        assert answer.status == http.HTTPStatus.OK
        yield answer


def rows_of_a_download(port: int, session: str) -> int:
    """How many rows a whole export has."""
    with download(port, session) as answer:
        return answer.read().count(b"\n") - 1


def test_behind_a_pooler_every_row_is_exported(server: postgres.Server) -> None:
    with postgres.pooled(server) as url, running(url, processes=1, DATABASE_POOLER="1") as site:
        session = site.python(PREPARE, str(POOLED_ROWS)).strip()
        with ThreadPoolExecutor(EXPORTS) as pool:
            counts = pool.map(lambda _: rows_of_a_download(site.port, session), range(EXPORTS))
            assert set(counts) == {POOLED_ROWS}


@pytest.mark.parametrize("through", ["gunicorn alone", "nginx"])
def test_when_the_database_goes_away_the_download_fails(server: postgres.Server, through: str, tmp_path: Path) -> None:
    with running(server.url, processes=1) as site, ExitStack() as stack:
        session = site.python(PREPARE, str(ROWS)).strip()
        port = site.port
        if through == "nginx":
            proxy = nginx.start(tmp_path, web=f"127.0.0.1:{site.port}")
            stack.callback(proxy.stop)
            port = proxy.port
        with download(port, session) as answer:
            assert len(answer.read(100_000)) == 100_000
            server.stop()
            with pytest.raises(http.client.IncompleteRead):
                answer.read()
