"""The simulated Sinch writes to real stores, with nothing but the credentials that the SVAML gave it."""

import pytest

from recordings_site.simulator.engine import Engine
from recordings_site.simulator.uploads import Uploads
from recordings_site.simulator.wire import Wire
from recordings_site.sinch.uploads import destination_url
from recordings_site.storage import Location, iter_objects, open_store
from tests.simulator.sinch_side import APPLICATION, PSTN, Backend, answered, groups, transcribed
from tests.stores import azurite as azurite_server
from tests.stores import swift as swift_server

pytestmark = pytest.mark.stores
CONTINUE = {"action": {"name": "continue"}}


def run(url: str, credentials: str, endpoints: dict[str, str]):
    """One recorded call whose SVAML names this place."""
    options = transcribed() | {"destinationUrl": url, "credentials": credentials}
    backend = Backend({"ice": {"action": {**PSTN, "record": True, "recordingOptions": options}}, "ace": CONTINUE})
    engine = Engine(APPLICATION, Wire(APPLICATION, backend), Uploads(endpoints))
    return engine.run(answered(groups())), backend


def test_to_s3_with_the_region_in_the_credentials(swift, fresh_name):
    bucket = swift.make_bucket(fresh_name())
    credentials = ":".join([*swift_server.OWNER, swift_server.REGION])
    totals, backend = run(f"s3://{bucket}/calls/", credentials, {"s3": swift.endpoint})
    assert (totals.failed_uploads, totals.recordings, totals.transcripts) == ([], 1, 1)
    store = open_store(Location("s3", bucket=bucket, endpoint=swift.endpoint), credentials)
    keys = [stat.key for stat in iter_objects(store, "calls/")]
    assert len(keys) == 2
    told = next(event["destination"] for event in backend.events if event.get("type") == "recording_available")
    assert destination_url.parse(told).key in keys


def test_to_azure_with_the_accounts_key(azurite, fresh_name):
    container = azurite.make_container(fresh_name())
    url = f"azure://{azurite_server.ACCOUNT}/{container}/calls/one.mp3"
    totals, _ = run(url, azurite_server.KEY, {"azure": azurite.endpoint})
    assert (totals.failed_uploads, totals.recordings) == ([], 1)
    store = open_store(
        Location("azure", azurite_server.ACCOUNT, container, endpoint=azurite.endpoint), azurite_server.KEY
    )
    assert store.stat("calls/one.mp3").size > 50_000


def test_credentials_that_may_not_write_leave_nothing_and_no_word_of_it(swift, fresh_name):
    bucket = swift.make_bucket(fresh_name())
    wrong = f"{swift_server.OWNER[0]}:{'x' * 40}:{swift_server.REGION}"
    totals, backend = run(f"s3://{bucket}/calls/", wrong, {"s3": swift.endpoint})
    assert len(totals.failed_uploads) == 1
    assert "x" * 40 not in totals.failed_uploads[0]
    assert "recording_available" not in backend.kinds()
