"""The stores that the contract is held against."""

from pathlib import Path

import pytest

from recordings_site.storage.local import LocalStore
from recordings_site.storage.port import Store


@pytest.fixture(params=["local"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    """An empty place in each kind of store."""
    return LocalStore(tmp_path)
