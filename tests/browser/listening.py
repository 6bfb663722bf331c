"""A recording to listen to in Chromium: real files of the simulator, real peaks, the real server."""

import json
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Any

from playwright.sync_api import BrowserContext, Error, Page
from pytest_django.live_server_helper import LiveServer

from recordings_site.accounts.models import Role, User
from recordings_site.recordings.ingest import inspect
from recordings_site.recordings.models import RecordingJob
from tests import factories
from tests.browser.visits import sign_in

AUDIO = Path(__file__).parents[2] / "recordings_site" / "simulator" / "speech" / "audio"
SHORT = "refund"
LONG = "yearly-review"
Said = tuple[float, str, str]


@dataclass
class Listener:
    """A person on the page of a recording."""

    page: Page
    recording: RecordingJob
    person: User
    url: str

    def open(self, query: str = "") -> "Listener":
        """Go to the page and wait until the player has taken over."""
        # Not until it has loaded: a sound that does not come delays that.
        self.page.goto(self.url + query, wait_until="domcontentloaded", timeout=30_000)
        self.page.wait_for_selector("#player[data-ready]")
        return self

    def ask(self, expression: str) -> Any:
        """What an expression gives on the page; `audio` and `recordingPage` are at hand."""
        return self.page.evaluate(expression)

    def until(self, expression: str, timeout: float = 5) -> None:
        """Wait until the expression holds. (Playwright's own waiting evaluates strings, which the CSP forbids.)"""
        end = monotonic() + timeout
        while not self._holds(expression):
            assert monotonic() < end, f"not within {timeout} s: {expression}"
            self.page.wait_for_timeout(20)

    def _holds(self, expression: str) -> bool:
        try:
            return bool(self.page.evaluate(expression))
        except Error:  # the page is just being left
            return False

    def ready(self) -> "Listener":
        """Wait until the browser knows the audio."""
        self.until("audio.readyState >= 1")
        return self

    def press(self, *keys: str) -> None:
        """Press keys, one after another."""
        for key in keys:
            self.page.keyboard.press(key)

    @property
    def time(self) -> float:
        """The element's clock."""
        return float(self.ask("audio.currentTime"))

    @property
    def line(self) -> str | None:
        """The id of the line that is lit up."""
        return self.ask("document.querySelector('#lines [aria-current=true]')?.id ?? null")  # type: ignore[no-any-return]

    @property
    def follows(self) -> bool:
        """Whether the transcript follows the sound."""
        return bool(self.ask("recordingPage.transcript.state.on"))


def recorded(name: str = SHORT, lines: list[Said] | None = None, **fields: Any) -> RecordingJob:
    """A recording whose file lies in its store, examined as the worker does; with its own transcript, unless given."""
    if "happened_at" in fields and "call" not in fields:
        # What the call says overrules the recording, once it is examined.
        fields["call"] = factories.call(number=fields.get("number"), started_at=fields["happened_at"])
    recording = factories.recording(size=None, duration=None, transcription=True, **fields)
    assert recording.destination is not None
    sound = (AUDIO / f"{name}.mp3").read_bytes()
    recording.destination.write_store().write(recording.key, sound, content_type="audio/mpeg")
    inspect.inspect(recording.pk)
    recording.refresh_from_db()
    raw = (AUDIO / f"{name}-transcript.json").read_bytes()
    spoken = [(line["timestamp"], line["speakerLabel"], line["text"]) for line in json.loads(raw)["lines"]]
    factories.transcript(recording, spoken if lines is None else lines, raw=raw)
    return recording


def listener(
    context: BrowserContext, live_server: LiveServer, recording: RecordingJob, role: Role = Role.SUPERVISOR
) -> Listener:
    """Somebody of the recording's team, signed in, with a new page."""
    teams = [recording.number.team] if recording.number else []
    person = factories.user(role, teams=teams)
    sign_in(context, live_server, person)
    return Listener(context.new_page(), recording, person, f"{live_server.url}/recordings/{recording.pk}/")
