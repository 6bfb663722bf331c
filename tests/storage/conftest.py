"""The stores that the contract is held against."""

from collections.abc import Callable
from pathlib import Path

import pytest

from recordings_site.storage import Location, Store, open_store
from tests.stores import azurite, swift

KINDS = ["local", "s3", "azure", "gs", "interoperability"]


@pytest.fixture(params=[pytest.param(kind, marks=[] if kind == "local" else [pytest.mark.stores]) for kind in KINDS])
def store(request: pytest.FixtureRequest, tmp_path: Path, fresh_name: Callable[[], str]) -> Store:
    """An empty place in each kind of store, with all rights."""
    server = {"s3": "swift", "interoperability": "swift", "azure": "azurite", "gs": "google"}.get(request.param)
    running = request.getfixturevalue(server) if server else None
    match request.param:
        case "local":
            return open_store(Location("local", bucket="calls", endpoint=str(tmp_path)), "token")
        case "s3":
            bucket = running.make_bucket(fresh_name())
            return open_store(
                Location("s3", bucket=bucket, endpoint=running.endpoint), ":".join([*swift.OWNER, swift.REGION])
            )
        case "interoperability":
            place = Location(
                "gs", bucket=running.make_bucket(fresh_name()), endpoint=running.endpoint, region=swift.REGION
            )
            return open_store(place, ":".join(swift.OWNER))
        case "azure":
            container = running.make_container(fresh_name())
            return open_store(Location("azure", azurite.ACCOUNT, container, endpoint=running.endpoint), azurite.KEY)
        case _:
            return open_store(
                Location("gs", bucket=running.make_bucket(fresh_name()), endpoint=running.endpoint), running.credentials
            )
