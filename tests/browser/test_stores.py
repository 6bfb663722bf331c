"""Fifty calls into each cloud's store, written with the credentials of the SVAML; all of them play and seek."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext
from pytest_django.live_server_helper import LiveServer

from recordings_site.destinations.models import Destination
from recordings_site.ops.jobs import JOBS
from recordings_site.ops.working import drain
from recordings_site.policies import snapshot
from recordings_site.recordings.models import RecordingJob, State
from recordings_site.recordings.playback import audio_url
from recordings_site.simulator import engine as simulator
from recordings_site.simulator.engine import Engine
from recordings_site.simulator.uploads import Uploads
from recordings_site.simulator.wire import Wire
from tests import factories, simulated
from tests.browser.visits import real_transactions, sign_in
from tests.destinations import made
from tests.stores.azurite import Azurite
from tests.stores.google import Google
from tests.stores.swift import Swift

pytestmark = [real_transactions, pytest.mark.stores, pytest.mark.timeout(600)]
CALLS = 50
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


@pytest.fixture(params=["s3", "azure", "interoperability"])
def place(request: pytest.FixtureRequest, fresh_name: Callable[[], str]) -> Destination:
    if request.param == "azure":
        azurite: Azurite = request.getfixturevalue("azurite")
        return made.on_azurite(azurite, azurite.make_container(fresh_name()))
    swift: Swift = request.getfixturevalue("swift")
    destination = made.on_swift if request.param == "s3" else made.on_interoperability
    return destination(swift, swift.make_bucket(fresh_name()))


def simulate(place: Destination) -> None:
    """Fifty calls on two numbers whose recordings go there; then all that a worker does about them."""
    application = factories.application()
    how = {"destination": place.pk, "transcription": True, "locale": "en-US"}
    policy = factories.policy({"otherwise_record": True, "route": factories.CONNECT, "how": how})
    numbers = [factories.number(application=application, policy=policy).digits for _ in range(2)]
    snapshot.forget()
    known = simulator.Application(application.key, factories.SECRET, simulated.URL)
    uploads = Uploads({place.kind: place.endpoint})
    sinch = Engine(known, Wire(known, simulated.through_django), uploads, simulator.Options(seed=3))
    tally = sinch.run(simulated.gatherings(CALLS, numbers=numbers, seed=3))
    assert tally.failed_uploads == []
    assert tally.calls >= CALLS
    drain(JOBS)


def test_fifty_calls_arrive_and_play(context: BrowserContext, live_server: LiveServer, place: Destination) -> None:
    simulate(place)
    available = list(RecordingJob.objects.filter(destination=place, state=State.AVAILABLE))
    unheard = RecordingJob.objects.exclude(state=State.AVAILABLE).exclude(state=State.NOT_RECORDED)
    assert not unheard.exists()
    assert len(available) >= CALLS * 0.6  # the others were never answered
    assert all(job.transcript_available_at and job.duration and not job.problem for job in available)
    sign_in(context, live_server, factories.admin())
    page = context.new_page()
    page.goto(f"{live_server.url}/destinations/{place.pk}/")
    for job in available:
        duration, sought, reached = page.evaluate(LISTEN, audio_url(job))
        assert duration == pytest.approx(job.duration, abs=0.1)
        assert sought == pytest.approx(duration * 0.6, abs=0.5)
        assert reached > sought


def test_a_recording_in_googles_own_store_plays_and_seeks(
    context: BrowserContext, live_server: LiveServer, google: Google, fresh_name: Callable[[], str]
) -> None:
    from tests.browser.listening import AUDIO, SHORT

    place = made.on_google(google, google.make_bucket(fresh_name()))
    data = (AUDIO / f"{SHORT}.mp3").read_bytes()
    place.write_store().write("calls/one.mp3", data, content_type="audio/mpeg")
    job = factories.recording(destination=place, key="calls/one.mp3", size=None)
    sign_in(context, live_server, factories.admin())
    page = context.new_page()
    page.goto(f"{live_server.url}/destinations/{place.pk}/")
    duration, sought, reached = page.evaluate(LISTEN, audio_url(job))
    assert reached > sought > duration / 2
