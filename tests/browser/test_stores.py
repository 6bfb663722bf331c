"""Calls into each cloud's store, written with the credentials of the SVAML; all of them play and seek."""

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import BrowserContext
from pytest_django.live_server_helper import LiveServer

from recordings_site.destinations.models import Destination
from recordings_site.ops.worker.loop import drain
from recordings_site.policies.engine import snapshot
from recordings_site.recordings.models import RecordingJob, State
from recordings_site.recordings.playback.version import audio_url
from recordings_site.simulator import engine as simulator
from recordings_site.simulator.engine import Engine
from recordings_site.simulator.uploads import Uploads
from recordings_site.simulator.wire import Wire
from recordings_site.sinch.uploads.destination_url import DestinationUrl
from recordings_site.storage import Location, open_store, read_whole
from recordings_site.tasks import registry
from tests import factories, simulated
from tests.browser.visits import real_transactions, sign_in
from tests.destinations import made
from tests.scale import scaled
from tests.stores import swift as s3
from tests.stores.azurite import Azurite
from tests.stores.google import Google
from tests.stores.swift import Swift

pytestmark = [real_transactions, pytest.mark.stores, pytest.mark.timeout(600)]
CALLS = scaled(15, 50)
# Loads a recording, seeks, plays there until the clock moves; gives [duration, seconds sought to, seconds reached].
LISTEN = """async (url) => {
  const audio = new Audio();
  const heard = (name) => new Promise((done, failed) => {
    audio.addEventListener(name, done, {once: true});
    audio.addEventListener("error", () => failed(new Error(`${name}: ${audio.error.message} ${url}`)), {once: true});
  });
  const loaded = heard("loadedmetadata");
  audio.src = url;
  await loaded;
  const sought = heard("seeked");
  audio.currentTime = audio.duration * 0.6;
  await sought;
  const from = audio.currentTime;
  await audio.play();
  const moved = () => new Promise((done) => audio.addEventListener("timeupdate", done, {once: true}));
  while (audio.currentTime <= from) await moved();
  const reached = audio.currentTime;
  audio.pause();
  const duration = audio.duration;
  audio.removeAttribute("src");
  audio.load();
  return [duration, from, reached];
}"""


@dataclass(frozen=True)
class GoogleUploads(Uploads):
    """Writes as Sinch does to Google, through the S3-style API, and lets the JSON API show what was written.

    At Google both show one bucket. Here Swift stands in for the one and the emulator for the other, so each object that
    the write set put into Swift is read back from there and laid into the emulator's bucket of the same name.
    """

    google: Google = field(kw_only=True)

    def write(self, place: DestinationUrl, credentials: str, data: bytes, content_type: str) -> None:
        """Write one object, and show it."""
        super().write(place, credentials, data, content_type)
        interoperability = Location("gs", bucket=place.bucket, region=s3.REGION, endpoint=self.endpoints["gs"])
        through = open_store(interoperability, ":".join(s3.READER))
        written = read_whole(through, through.stat(place.key))
        shown = open_store(Location("gs", bucket=place.bucket, endpoint=self.google.endpoint), self.google.credentials)
        shown.write(place.key, written, content_type=content_type)


Place = tuple[Destination, Uploads]


@pytest.fixture(params=["s3", "azure", "interoperability", "google"])
def place(request: pytest.FixtureRequest, fresh_name: Callable[[], str]) -> Place:
    name = fresh_name()
    if request.param == "azure":
        azurite: Azurite = request.getfixturevalue("azurite")
        destination = made.on_azurite(azurite, azurite.make_container(name))
        return destination, Uploads({"azure": azurite.endpoint})
    swift: Swift = request.getfixturevalue("swift")
    swift.make_bucket(name)
    match request.param:
        case "s3":
            return made.on_swift(swift, name), Uploads({"s3": swift.endpoint})
        case "interoperability":
            return made.on_interoperability(swift, name), Uploads({"gs": swift.endpoint})
    google: Google = request.getfixturevalue("google")
    destination = made.on_google(google, google.make_bucket(name), write=":".join(s3.WRITER))
    return destination, GoogleUploads({"gs": swift.endpoint}, google=google)


def simulate(place: Destination, uploads: Uploads) -> None:
    """Calls on two numbers whose recordings go there; then all that a worker does about them."""
    application = factories.application()
    how = {"destination": place.pk, "transcription": True, "locale": "en-US"}
    policy = factories.policy({"otherwise_record": True, "route": factories.CONNECT, "how": how})
    numbers = [factories.number(application=application, policy=policy).digits for _ in range(2)]
    snapshot.forget()
    known = simulator.Application(application.key, factories.SECRET, simulated.URL)
    sinch = Engine(known, Wire(known, simulated.through_django), uploads, simulator.Options(seed=3))
    totals = sinch.run(simulated.groups(CALLS, numbers=numbers, seed=3))
    assert totals.failed_uploads == []
    assert totals.calls >= CALLS
    drain(registry.load())


def test_calls_arrive_and_play(context: BrowserContext, live_server: LiveServer, place: Place) -> None:
    destination, uploads = place
    simulate(destination, uploads)
    available = list(RecordingJob.objects.filter(destination=destination, state=State.AVAILABLE))
    unheard = RecordingJob.objects.exclude(state=State.AVAILABLE).exclude(state=State.NOT_RECORDED)
    assert not unheard.exists()
    assert len(available) >= CALLS * 0.6  # the others were never answered
    assert all(job.transcript_available_at and job.duration and not job.problem_code for job in available)
    sign_in(context, live_server, factories.admin())
    page = context.new_page()
    page.goto(f"{live_server.url}/destinations/{destination.pk}/")
    for job in available:
        duration, sought, reached = page.evaluate(LISTEN, audio_url(job))
        assert duration == pytest.approx(job.duration, abs=0.1)
        assert sought == pytest.approx(duration * 0.6, abs=0.5)
        assert reached > sought
