"""A click at 3:31 plays 3:31: measured from the sound itself, over the kinds of files that Sinch might write.

The files hold a tone that rises by six hertz a second, so that what is heard tells which second it is; a noise in the
middle third makes variable bit rates vary. What the element's clock says is compared with what is heard.
"""

import shutil
import subprocess
from pathlib import Path
from statistics import median

import pytest
from playwright.sync_api import BrowserContext
from pytest_django.live_server_helper import LiveServer

from recordings_site.recordings.ingest import inspect
from recordings_site.recordings.models import RecordingJob
from tests import factories
from tests.browser.visits import real_transactions, sign_in

SECONDS, LOWEST, RISE = 300, 300, 6
SPOTS = (31, 107, 150, 211, 288)
METER = """async ([spots, lowest, rise]) => {
  const element = document.querySelector("audio");
  if (element.readyState < 1) await new Promise(done => element.addEventListener("loadedmetadata", done, {once: true}));
  const context = new AudioContext(), analyser = context.createAnalyser();
  analyser.fftSize = 32768;
  analyser.smoothingTimeConstant = 0;
  context.createMediaElementSource(element).connect(analyser);
  analyser.connect(context.destination);
  await context.resume();
  const loudness = new Float32Array(analyser.frequencyBinCount), hertz = context.sampleRate / analyser.fftSize;
  const apart = [];
  for (const spot of spots) {
    element.pause();
    const sought = new Promise(done => element.addEventListener("seeked", done, {once: true}));
    element.currentTime = spot;
    await sought;
    await element.play();
    while (element.currentTime < spot + 1.2) await new Promise(done => setTimeout(done, 10));
    const clock = element.currentTime;
    analyser.getFloatFrequencyData(loudness);
    let loudest = Math.ceil(250 / hertz);
    for (let bin = loudest; bin < 2200 / hertz; bin++) if (loudness[bin] > loudness[loudest]) loudest = bin;
    apart.push((loudest * hertz - lowest) / rise - clock);
  }
  element.pause();
  return {apart, duration: element.duration};
}"""
CBR = ("-b:a", "32k")
BARE = ("-write_xing", "0", "-id3v2_version", "0")
VBR = ("-q:a", "5")

pytestmark = [real_transactions, pytest.mark.timeout(240)]


@pytest.fixture(scope="module")
def rising(tmp_path_factory: pytest.TempPathFactory) -> dict[int, Path]:
    """The tone as wav, by its sample rate."""
    if shutil.which("ffmpeg") is None:
        pytest.skip("ffmpeg makes the files of this test")
    folder = tmp_path_factory.mktemp("rising")
    made = {}
    for rate, noise in ((8000, 2600), (44100, 5000)):
        tone = f"aevalsrc='0.25*sin(2*PI*({LOWEST}*t+{RISE / 2}*t*t))':s={rate}:d={SECONDS}"
        hiss = f"anoisesrc=d={SECONDS}:r={rate}:a=0.5:seed=1"
        middle = f"highpass=f={noise},volume='if(between(t,{SECONDS / 3},{SECONDS * 2 / 3}),0.6,0)':eval=frame"
        made[rate] = folder / f"{rate}.wav"
        both = ["-f", "lavfi", "-i", tone, "-f", "lavfi", "-i", hiss]
        mixed = ["-filter_complex", f"[1]{middle}[h];[0][h]amix=inputs=2:normalize=0", "-ac", "1"]
        subprocess.run(["ffmpeg", "-v", "error", "-y", *both, *mixed, str(made[rate])], check=True)
    return made


def recorded(rising: dict[int, Path], rate: int, options: tuple[str, ...] | None) -> RecordingJob:
    """A recording of the tone, as wav or encoded so, examined as the worker does."""
    path = rising[rate]
    if options is not None:
        path = path.with_name("encoded.mp3")
        subprocess.run(["ffmpeg", "-v", "error", "-y", "-i", str(rising[rate]), *options, str(path)], check=True)
    name = "recordings/rising" + path.suffix
    job = factories.recording(size=None, duration=None, key=name, format=path.suffix[1:])
    assert job.destination is not None
    with path.open("rb") as file:
        job.destination.write_store().write(name, file, content_type="audio/mpeg")
    inspect.inspect(job.pk)
    return RecordingJob.objects.get(pk=job.pk)


@pytest.fixture
def heard(context: BrowserContext, live_server: LiveServer, rising: dict[int, Path]) -> "Heard":
    """Measures files."""
    context.set_default_timeout(60_000)
    sign_in(context, live_server, factories.admin())
    return Heard(context, live_server, rising)


class Heard:
    """What is heard after seeks, beside the clock."""

    def __init__(self, context: BrowserContext, live_server: LiveServer, rising: dict[int, Path]) -> None:
        self.context, self.live_server, self.rising = context, live_server, rising

    def apart(self, rate: int, options: tuple[str, ...] | None) -> list[float]:
        """Seconds between what is heard and what the clock says, after a seek to each of SPOTS."""
        recording = recorded(self.rising, rate, options)
        assert recording.duration == pytest.approx(SECONDS, abs=0.3)
        page = self.context.new_page()
        page.goto(f"{self.live_server.url}/recordings/{recording.pk}/")
        measured = page.evaluate(METER, [list(SPOTS), LOWEST, RISE])
        page.close()
        assert measured["duration"] == pytest.approx(SECONDS, abs=0.3), "the player's duration is the true one"
        apart: list[float] = measured["apart"]
        return apart


@pytest.mark.parametrize("rate", [8000, 44100])
def test_a_seek_lands_where_it_should_in_every_kind_of_file(heard: Heard, rate: int):
    # The meter hears the middle of its last window: its lag is that of the simplest file.
    baseline = median(heard.apart(rate, CBR + BARE))
    for name, options, allowed in (
        ("constant, with a header", CBR, 0.3),
        ("wav", None, 0.3),
        ("variable, with its own table", VBR, 3.0),
        ("variable, with a table of ours", VBR + BARE, 3.0),
    ):
        off = [seconds - baseline for seconds in heard.apart(rate, options)]
        print(f"{rate} Hz, {name}: " + ", ".join(f"{seconds:+.2f} s" for seconds in off))
        assert max(map(abs, off)) <= allowed, (name, off)
