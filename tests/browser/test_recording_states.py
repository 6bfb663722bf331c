"""Each state of a recording's page, as people meet it: no barriers, on a phone, dark, printed, without JavaScript."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import BrowserContext
from pytest_django.live_server_helper import LiveServer

from recordings_site.accounts.models import Role
from recordings_site.recordings.annotations import actions as annotations
from recordings_site.recordings.annotations import corrections
from recordings_site.recordings.models import LineCorrection, RecordingJob, Transcript
from tests import factories
from tests.browser.listening import listener, recorded
from tests.browser.test_accessibility import AXE, LOOK, STICKS_OUT
from tests.browser.visits import real_transactions, sign_in

pytestmark = [real_transactions, pytest.mark.timeout(300)]


def noted() -> RecordingJob:
    """With a comment, a tag, a correction and a name."""
    recording = recorded()
    author = factories.user(Role.SUPERVISOR, teams=[recording.number.team] if recording.number else [])
    annotations.add_comment(by=author, recording=recording, at=6, end=11, text="Listen to this")
    annotations.tag_recording(by=author, recording=recording, name="refund")
    transcript = Transcript.objects.select_related("recording").get(recording=recording)
    corrections.correct_line(by=author, transcript=transcript, position=1, text="Hi Dana. I was charged twice.")
    annotations.name_speaker(
        by=author, recording=recording, speaker_label="Speaker 1", name="Dana Berg", for_number=False
    )
    return recording


def part_of_several() -> RecordingJob:
    """The second of three recordings of one call."""
    call = factories.call()
    parts = [factories.recording(call=call, ordinal=ordinal, peaks=None) for ordinal in (1, 3)]
    return recorded(call=call, ordinal=2, destination=parts[0].destination)


def of_a_conference() -> RecordingJob:
    """What a conference said."""
    session = factories.conference_session()
    return recorded("launch-conference", call=None, conference_session=session, number=session.number)


def late() -> RecordingJob:
    """Finished, and not in the store."""
    return factories.overdue(overdue_since=timezone.now() - timedelta(minutes=14), transcription=True)


def with_an_empty_transcript() -> RecordingJob:
    """Nothing was understood."""
    return recorded(lines=[])


def transcript_alone() -> RecordingJob:
    """The words came, the sound did not."""
    recording = late()
    factories.transcript(recording, [(0.5, "Speaker 1", "Good morning."), (4.0, "", "Nobody named.")])
    return recording


def without_transcript() -> RecordingJob:
    """Sound alone."""
    recording = recorded()
    recording.transcript.delete()
    return recording


def deleted() -> RecordingJob:
    """Gone from the store."""
    return factories.deleted()


def unattributed() -> RecordingJob:
    """Nobody knows whose call it was."""
    return factories.recording(call=None, number=None)


STATES = [
    noted,
    part_of_several,
    of_a_conference,
    late,
    with_an_empty_transcript,
    transcript_alone,
    without_transcript,
    deleted,
    unattributed,
]


@pytest.mark.parametrize("state", STATES, ids=lambda state: state.__name__)
def test_each_state_is_without_barriers_in_every_window_and_light(
    context: BrowserContext, live_server: LiveServer, state: Callable[[], RecordingJob], complaints: list[str]
) -> None:
    recording = state()
    role = Role.SUPERVISOR if recording.number else Role.ADMIN
    person = listener(context, live_server, recording, role)
    page = person.page
    barriers: list[str] = []
    for width, scheme in ((1440, "light"), (390, "dark")):
        page.emulate_media(color_scheme="dark" if scheme == "dark" else "light", reduced_motion="reduce")
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(f"{person.url}?t=1&list=")
        page.evaluate("document.querySelectorAll('details.panel').forEach((fold) => { fold.open = true; })")
        page.evaluate(AXE.read_text())
        barriers += [f"{width} {scheme}: {found}" for found in page.evaluate(LOOK)]
        if page.evaluate(STICKS_OUT) > 0:
            barriers.append(f"{width} {scheme}: wider than the window")
    page.goto("about:blank")
    assert barriers == []
    # A file that is not in the store is a 404 for the browser, too.
    complaints[:] = [complaint for complaint in complaints if "/audio" not in complaint]


def test_at_twice_the_size_nothing_sticks_out(context: BrowserContext, live_server: LiveServer) -> None:
    person = listener(context, live_server, noted())
    person.page.set_viewport_size({"width": 720, "height": 450})
    person.open("?t=12")
    assert person.page.evaluate(STICKS_OUT) <= 0
    assert person.page.get_by_role("button", name="Play from 0:12").is_visible()


def test_at_four_times_the_size_nothing_covers_what_one_reads(context: BrowserContext, live_server: LiveServer) -> None:
    person = listener(context, live_server, noted())
    person.page.set_viewport_size({"width": 320, "height": 256})
    person.open("?t=12")
    assert person.page.evaluate(STICKS_OUT) <= 0
    stays = """() => [...document.querySelectorAll("body *")].filter((element) =>
        ["fixed", "sticky"].includes(getComputedStyle(element).position) && element.getClientRects().length)
        .map((element) => element.className)"""
    assert person.page.evaluate(stays) == []


def test_it_prints_a_clean_transcript(context: BrowserContext, live_server: LiveServer) -> None:
    person = listener(context, live_server, noted()).open("?t=12")
    # Chosen, the dark theme outweighs what the system says; paper stays white, so what is on it must be dark.
    person.page.evaluate("document.documentElement.dataset.theme = 'dark'")
    person.page.emulate_media(media="print")
    assert person.page.evaluate("getComputedStyle(document.documentElement).colorScheme") == "light"
    assert not person.page.locator("#player").is_visible()
    for useless in ("#selection", "#callbacks", ".rec-side form", ".ln-tools"):
        assert not person.page.locator(useless).first.is_visible(), useless
    assert person.page.get_by_text("Hi Dana. I was charged twice.").is_visible()
    assert person.page.get_by_text("You are welcome. Have a lovely day, goodbye.").is_visible()
    assert len(person.page.pdf()) > 10_000


def test_what_is_printed_is_evidence_without_the_screen(context: BrowserContext, live_server: LiveServer) -> None:
    recording = noted()
    person = listener(context, live_server, recording)
    # On a phone facts and reasons are folded, and lists are cards: paper is neither.
    person.page.set_viewport_size({"width": 390, "height": 844})
    person.open()
    person.page.emulate_media(media="print")
    page = person.page
    assert page.locator(".comment-text").get_by_text("Listen to this").is_visible()
    written = """selector => getComputedStyle(document.querySelector(selector), "::after").content"""
    assert page.evaluate(written, "#facts [data-copy$='" + str(recording.pk) + "']") == f'"{recording.pk}"'
    assert page.locator("#facts dd").first.is_visible()
    assert page.evaluate(written, ".thread time").endswith(' UTC"')
    footer = page.locator(".printed").inner_text()
    assert page.url in footer
    assert "UTC" in footer
    page.goto(f"{live_server.url}/recordings/")
    assert page.locator("thead th", has_text="When").is_visible()
    assert not page.locator("td.col-check").first.is_visible()
    page.emulate_media(media="screen")
    assert page.locator("td.col-check").first.is_visible()
    assert not page.locator(".printed").is_visible()


def test_without_javascript_one_listens_reads_seeks_and_comments(
    context: BrowserContext, live_server: LiveServer
) -> None:
    browser = context.browser
    assert browser is not None
    plain = browser.new_context(java_script_enabled=False)
    recording = recorded()
    assert recording.number is not None
    sign_in(plain, live_server, factories.user(Role.SUPERVISOR, teams=[recording.number.team]))
    page = plain.new_page()
    page.goto(f"{live_server.url}/recordings/{recording.pk}/")
    assert page.locator("audio").get_attribute("controls") is not None
    assert not page.locator(".transport").is_visible()
    assert page.locator("#lines li").count() == 11
    page.get_by_role("button", name="15 seconds").click()
    assert page.url.endswith("?t=15.25") or "?t=15" in page.url
    assert "#t=15" in (page.locator("audio").get_attribute("src") or "")
    page.locator("#comment-new").fill("Read this")
    page.locator("#selection form button", has_text="Comment").click()
    assert page.locator(".comment-text").get_by_text("Read this").is_visible()
    page.get_by_role("button", name="15 seconds").first.click()
    page.get_by_text("Correct this line").click()
    page.get_by_label("What was said").fill("Yes, it is 7429-03.")
    page.get_by_role("button", name="Save correction").click()
    assert page.locator("#l3 > p").text_content() == "Yes, it is 7429-03."
    plain.close()


def test_a_line_is_corrected_and_restored_by_keyboard_alone(context: BrowserContext, live_server: LiveServer) -> None:
    person = listener(context, live_server, recorded()).open().ready()
    person.page.locator("#l0 > button").focus()
    person.press("ArrowDown", "Tab", "Tab")
    assert person.ask("document.activeElement.getAttribute('aria-label')") == "Correct this line"
    person.press("Enter")
    person.until("document.activeElement.getAttribute('aria-label') === 'What was said'")
    person.press("Escape")
    assert person.ask("document.activeElement.closest('li').id") == "l1"
    person.press("Tab", "Tab", "Enter")
    person.press("Control+a")
    person.page.keyboard.type("I was charged twice.")
    person.press("Enter")
    person.until("document.querySelector('#l1 > p').textContent === 'I was charged twice.'")
    assert person.ask("document.querySelector('#l1 > i').textContent") == "corrected"
    assert person.ask("recordingPage.wave.marks.corrections.length") == 1
    assert LineCorrection.objects.get().text == "I was charged twice."
    person.until("document.activeElement.closest('li').id === 'l1'")
    person.press("Control+z")
    person.until("document.querySelector('#l1 > p').textContent.startsWith('Hi Dana')")
    assert person.ask("document.querySelector('#l1 > i')") is None
