"""What one does on the page of a recording beside listening: look closer, and go to what is marked."""

import pytest
from playwright.sync_api import BrowserContext
from pytest_django.live_server_helper import LiveServer

from recordings_site.accounts.models import Role
from recordings_site.recordings.ingest import inspect
from recordings_site.recordings.models import Comment, LineCorrection
from tests import factories
from tests.browser.listening import Listener, listener, recorded
from tests.browser.test_accessibility import AXE, LOOK
from tests.browser.visits import real_transactions
from tests.recordings.audio.sounds import sound

pytestmark = real_transactions


@pytest.fixture
def short(context: BrowserContext, live_server: LiveServer) -> Listener:
    """On the page of a call of 52 seconds and 11 lines."""
    return listener(context, live_server, recorded()).open().ready()


def test_zooming_shows_a_part_with_an_overview_and_follows_the_position(short: Listener) -> None:
    overview = short.page.locator(".wave-overview")
    short.press("+", "+")
    short.until("!document.querySelector('.wave-overview').hidden")
    before = short.ask("recordingPage.wave.view")
    assert before["to"] - before["from"] == pytest.approx(short.ask("recordingPage.sound.duration") / 4, abs=0.1)
    short.page.get_by_role("slider", name="Position").press("End")
    after = short.ask("recordingPage.wave.view")
    assert after["to"] == pytest.approx(short.ask("recordingPage.sound.duration"), abs=0.1)
    overview.click(position={"x": 1, "y": 10})
    short.until("recordingPage.wave.view.from === 0")
    assert short.time == pytest.approx(short.ask("recordingPage.sound.duration"), abs=0.1)
    short.page.get_by_role("button", name="Zoom out").click()
    short.press("-")
    short.until("document.querySelector('.wave-overview').hidden")


def test_marks_are_large_enough_to_hit_and_lead_to_their_place(short: Listener) -> None:
    short.press("/")
    short.page.keyboard.type("payments")
    pin = short.page.locator(".pin-matches").first
    pin.wait_for()
    box = pin.bounding_box()
    assert box
    assert (box["width"], box["height"]) == (24, 24)
    pin.click()
    line = short.ask("recordingPage.wave.marks.matches[0].from")
    assert short.time == pytest.approx(line, abs=0.1)


def test_a_word_is_corrected_where_it_stands_in_two_clicks_and_undone(short: Listener) -> None:
    said = short.page.locator("#l1 > p")
    before = said.text_content() or ""
    said.dblclick(position={"x": 12, "y": 12})
    word = short.ask("getSelection().toString().trim()")
    short.page.get_by_role("button", name="Correct", exact=True).click()
    box = short.page.get_by_role("textbox", name="What was said")
    assert box.input_value() == word == "Hi"
    box.fill("Good morning")
    box.press("Enter")
    short.until(f"document.querySelector('#l1 > p').textContent === {before.replace('Hi', 'Good morning', 1)!r}")
    kept = LineCorrection.objects.get()
    assert (kept.text, kept.original) == (said.text_content(), before)
    short.page.get_by_role("button", name="Undo").click()
    short.until(f"document.querySelector('#l1 > p').textContent === {before!r}")
    assert [row.reverts for row in LineCorrection.objects.all()] == [False, True]


def test_selected_words_are_made_a_clip_and_the_tools_are_reached_by_tab(short: Listener) -> None:
    tools = short.page.get_by_role("group", name="Selected text")
    short.page.locator("#l3 > p").select_text()
    tools.wait_for()
    short.press("Tab")
    assert short.ask("document.activeElement.dataset.selection") == "quote"
    short.press("Escape")
    assert not tools.is_visible()
    assert short.ask("document.activeElement.closest('li').id") == "l3"
    short.page.locator("#l3 > p").select_text()
    tools.get_by_role("button", name="Clip").click()
    starts = short.ask("recordingPage.transcript.starts")
    assert short.ask("recordingPage.marks.span") == {"from": starts[3], "to": starts[4]}
    assert short.ask("document.activeElement.closest('#clip') !== null")


def test_a_comment_stands_at_its_line_with_its_replies_and_is_undone(short: Listener) -> None:
    assert short.recording.number is not None
    factories.user(Role.SUPPORT, teams=[short.recording.number.team], email="anna.berg@example.com", name="Anna Berg")
    short.press("l", "c")
    short.until("document.activeElement.id === 'comment-here'")
    short.page.keyboard.type("Well done @ber")
    short.page.get_by_role("option", name="Anna Berg @anna.berg").wait_for()
    short.press("Enter", "Control+Enter")
    thread = short.page.locator("#l1 + .thread[id]")
    thread.wait_for()
    assert "Well done @anna.berg" in (thread.text_content() or "")
    short.until("document.activeElement.matches('.thread')")
    assert [person.email for person in Comment.objects.get().mentions.all()] == ["anna.berg@example.com"]
    short.page.locator("#announce", has_text="Comment added. Anna Berg will be notified.").wait_for()
    place = short.time

    thread.locator("summary", has_text="Reply").click()
    thread.get_by_label("Reply").fill("Agreed.")
    thread.get_by_role("button", name="Reply", exact=True).click()
    thread.locator(".replies", has_text="Agreed.").wait_for()
    short.page.locator("#messages").get_by_role("button", name="Undo").click()
    short.until("!document.querySelector('.replies')")
    thread.get_by_role("button", name="Resolve").click()
    thread.get_by_text("Resolved by").wait_for()
    # Nothing of it has left the page or moved the sound.
    assert short.time == place
    short.page.evaluate(AXE.read_text())
    assert short.page.evaluate(LOOK) == []
    short.press("Escape", "c")
    short.until("document.activeElement.id === 'comment-here'")
    short.press("Escape")
    assert short.page.locator(".thread-new").count() == 0


def test_the_volume_is_kept_and_a_mouse_on_it_takes_no_keys_away(short: Listener) -> None:
    volume = short.page.get_by_role("slider", name="Volume", exact=True)
    box = volume.bounding_box()
    assert box
    assert box["height"] >= 24
    short.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    assert short.ask("audio.volume") == pytest.approx(0.5, abs=0.06)
    short.press("l")
    assert short.time == pytest.approx(10, abs=0.1)
    volume.press("ArrowLeft")
    loud = short.ask("audio.volume")
    assert volume.get_attribute("aria-valuetext") == f"{round(loud * 100)}%"
    short.open().ready()
    assert short.ask("audio.volume") == pytest.approx(loud)


def test_the_sides_of_a_stereo_recording_have_a_volume_each(context: BrowserContext, live_server: LiveServer) -> None:
    recording = recorded(lines=[(0.0, "Speaker 1", "Hello")])
    assert recording.destination is not None
    recording.destination.write_store().write(recording.key, sound("stereo-44k.mp3"), content_type="audio/mpeg")
    inspect.inspect(recording.pk)
    person = listener(context, live_server, recording).open().ready()
    person.press("k")
    person.until("!audio.paused")
    person.page.get_by_role("slider", name="Left").press("Home")
    assert person.ask("recordingPage.volume.gains.map(each => each.gain.value)") == [0, 1]
    before = person.time
    person.until(f"audio.currentTime > {before + 0.2}")
