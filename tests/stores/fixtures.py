"""Fixtures of the real stores: each server is started when a test first asks for it, once per process of the run."""

import uuid
from collections.abc import Callable, Iterator

import pytest

from tests.stores import azurite as azurite_server
from tests.stores import google as google_server
from tests.stores import swift as swift_server


@pytest.fixture(scope="session")
def swift(tmp_path_factory: pytest.TempPathFactory) -> Iterator[swift_server.Swift]:
    """Swift with its S3 API."""
    server = swift_server.start(tmp_path_factory.mktemp("swift"))
    yield server
    server.stop()


@pytest.fixture(scope="session")
def azurite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[azurite_server.Azurite]:
    """Azurite."""
    server = azurite_server.start(tmp_path_factory.mktemp("azurite"))
    yield server
    server.stop()


@pytest.fixture(scope="session")
def google(tmp_path_factory: pytest.TempPathFactory) -> Iterator[google_server.Google]:
    """The emulator of Google Cloud Storage."""
    server = google_server.start(tmp_path_factory.mktemp("google"))
    yield server
    server.stop()


@pytest.fixture
def fresh_name() -> Callable[[], str]:
    """Names for buckets that no other test uses."""
    return lambda: f"calls-{uuid.uuid4().hex[:12]}"
