"""How the player and the transcript behave: 16 behaviours, each with the test that proves it.

| # | behaviour | proved by |
|---|---|---|
| 1 | keys, their sheet, their switch | test_keys_steer_the_player, test_keys_leave_controls_and_browser_alone, test_a_mouse_never_takes_keys_away, test_single_letters_can_be_switched_off |
| 2 | resume rewinds 1.5 s after a pause, not after a seek | test_resuming_goes_back_a_little_unless_one_chose_the_place |
| 3 | click on a time or on the text seeks, selecting does not | test_a_click_on_time_or_text_seeks_and_selecting_does_not, test_the_tools_of_a_line_answer_the_mouse |
| 4 | follow never fights the reader | test_following_ends_when_the_reader_scrolls_and_comes_back_only_when_asked, test_following_resumes_when_the_sound_reaches_the_reader |
| 5 | it scrolls only when needed, to a quarter of the pane | test_it_scrolls_only_when_the_line_leaves_the_comfort_band |
| 6 | the spoken line is lit up, not by colour alone | test_the_spoken_line_is_lit_up_ahead_of_the_sound |
| 7 | a seek while paused updates the transcript | test_a_seek_while_paused_updates_the_transcript |
| 8 | long calls are whole in the page and quick | test_a_call_of_seven_hours_is_whole_in_the_page |
| 9 | find: n of N, wraps, never moves the sound; roving tab stop | test_find_counts_wraps_and_never_moves_the_sound, test_tab_enters_and_leaves_the_transcript_once |
| 10 | links to a moment or span do not play by themselves | test_a_link_leads_to_its_time_and_does_not_play, test_selected_words_can_be_quoted, test_a_line_and_a_links_span_can_be_looped |
| 11 | the waveform is a slider that tells what is said | test_the_waveform_is_a_slider_that_tells_what_is_said |
| 12 | the server's duration first, errors keep the place and say why | test_the_length_is_known_before_the_sound, test_a_recording_whose_sample_rate_changes_plays_on, test_an_error_keeps_the_place_tries_once_more_and_says_why |
| 13 | speed by 0.25, remembered for the person | test_the_speed_is_remembered_and_the_time_left_is_the_listeners_own |
| 14 | silence can be skipped, with what it saves | test_silence_is_skipped_when_asked |
| 15 | heard on leaving or at 90 %, continue, copying | test_a_recording_counts_as_played_on_leaving_never_on_opening, test_a_recording_counts_as_played_at_nine_tenths, test_copied_text_keeps_the_speaker_and_leaves_the_time; cues: tests/recordings/transcripts/test_exports.py |
| 16 | A and B: keys, drag, typed times, loop, link | test_a_and_b_are_set_by_keys_by_hand_and_by_typing |
"""  # noqa: E501

import re
from datetime import timedelta

import pytest
from playwright.sync_api import BrowserContext, Request, expect
from pytest_django.live_server_helper import LiveServer

from recordings_site.accounts.models import AuditEvent
from recordings_site.recordings.ingest import inspect
from recordings_site.recordings.models import Listening, RecordingJob
from tests import factories
from tests.browser.listening import LONG, Listener, listener, recorded
from tests.browser.visits import real_transactions
from tests.recordings.audio.sounds import sound

pytestmark = real_transactions
PLAYED = "audio.played.length > 0 && audio.currentTime >= "


@pytest.fixture
def short(context: BrowserContext, live_server: LiveServer) -> Listener:
    """On the page of a call of 52 seconds and 11 lines."""
    return listener(context, live_server, recorded()).open().ready()


@pytest.fixture
def long(context: BrowserContext, live_server: LiveServer) -> Listener:
    """On the page of a call of 40 minutes and nearly 500 lines."""
    return listener(context, live_server, recorded(LONG)).open().ready()


def test_the_table_names_tests_that_exist() -> None:
    named = set(re.findall(r"test_\w+", __doc__)) - {"test_exports"}
    assert named == {name for name in globals() if name.startswith("test_")} - {"test_the_table_names_tests_that_exist"}
    assert [int(number) for number in re.findall(r"^\| (\d+) ", __doc__, re.MULTILINE)] == list(range(1, 17))


# 1
def test_keys_steer_the_player(short: Listener) -> None:
    short.press("l", "l")
    assert short.time == pytest.approx(20, abs=0.1)
    short.press("j", "ArrowRight", "ArrowLeft", "ArrowLeft")
    assert short.time == pytest.approx(5, abs=0.1)
    short.press("Shift+ArrowRight")
    second = short.ask("recordingPage.transcript.starts[1]")
    assert short.time == pytest.approx(second, abs=0.1)
    short.press("Shift+ArrowLeft")
    assert short.time == pytest.approx(short.ask("recordingPage.transcript.starts[0]"), abs=0.1)
    short.press("m")
    assert short.ask("audio.muted")
    short.press(">", ">", "<")
    assert short.ask("audio.playbackRate") == 1.25
    short.press("\\")
    assert short.ask("audio.playbackRate") == 1
    short.press("a")
    assert not short.follows
    short.press("a")
    assert short.follows
    short.press("Space")
    short.until("!audio.paused")
    short.press("k")
    short.until("audio.paused")
    short.press("l", "r")
    start = short.ask("recordingPage.transcript.starts[recordingPage.transcript.active]")
    short.until("!audio.paused")
    assert short.time == pytest.approx(start, abs=1)
    short.press("k", "c")
    short.until("document.activeElement.id === 'comment-here'")
    short.page.locator("h1").click()
    short.press("?")
    sheet = short.page.get_by_role("dialog", name="Keyboard shortcuts")
    assert sheet.get_by_text("Replay the line").is_visible()
    caps = [" ".join(row.locator("kbd").all_text_contents()) for row in sheet.locator("dl > div").all()]
    assert sum("/" in keys.split() for keys in caps) == 1
    assert "[ ]" in caps


def test_keys_leave_controls_and_browser_alone(short: Listener) -> None:
    for press in ("Control+l", "Alt+j", "Meta+k"):
        short.page.evaluate(
            """(press) => {
              const [held, key] = press.split("+");
              const keys = { ctrlKey: held === "Control", altKey: held === "Alt", metaKey: held === "Meta" };
              document.body.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, ...keys }));
            }""",
            press,
        )
    assert short.time == 0
    short.press("/")
    short.page.keyboard.type("jkl")
    assert short.time == 0
    assert short.ask("audio.paused")
    short.press("Escape")
    short.page.get_by_role("button", name="Follow").focus()
    short.press("l")
    assert short.time == 0


def test_a_mouse_never_takes_keys_away(short: Listener) -> None:
    short.page.get_by_role("slider", name="Position").click(position={"x": 300, "y": 20})
    before = short.time
    short.press("l")
    assert short.time == pytest.approx(before + 10, abs=0.1)
    short.press("Space")
    short.until("!audio.paused")
    assert short.ask("scrollY") == 0
    short.press("Space")
    short.until("audio.paused")
    follow = short.page.get_by_role("button", name="Follow")
    follow.click()
    short.press("Space")
    short.until("!audio.paused")
    assert not short.follows, "Space pressed the button that the mouse had focused"
    short.press("k")
    short.page.get_by_role("heading", name="Details").click()
    before = short.time
    short.press("j")
    assert short.time < before - 5


def test_single_letters_can_be_switched_off(short: Listener) -> None:
    short.press("?")
    short.page.get_by_label("Single-letter shortcuts").uncheck()
    short.press("Escape")
    short.page.locator("h1").click()
    short.press("l")
    assert short.time == 0
    short.press("ArrowRight")
    assert short.time == pytest.approx(5, abs=0.1)


# 2
def test_resuming_goes_back_a_little_unless_one_chose_the_place(short: Listener) -> None:
    short.press("k")
    short.until(f"{PLAYED} 2.5")
    short.press("k")
    paused = short.time
    short.press("k")
    short.until("!audio.paused")
    assert paused - 1.6 <= short.time < paused - 0.8
    short.press("k", "l")
    chosen = short.time
    short.press("k")
    short.until("!audio.paused")
    assert short.time >= chosen - 0.05


# 3
def test_a_click_on_time_or_text_seeks_and_selecting_does_not(short: Listener) -> None:
    short.page.locator("#l3 > button").click()
    start = short.ask("recordingPage.transcript.starts[3]")
    assert short.time == pytest.approx(start, abs=0.1)
    assert short.page.locator("#l3 > button").get_attribute("aria-label") == "15 seconds"
    short.page.locator("#l5 > p").click()
    assert short.time == pytest.approx(short.ask("recordingPage.transcript.starts[5]"), abs=0.1)
    before = short.time
    box = short.page.locator("#l7 > p").bounding_box()
    assert box
    short.page.mouse.move(box["x"] + 4, box["y"] + 12)
    short.page.mouse.down()
    short.page.mouse.move(box["x"] + 200, box["y"] + 12, steps=4)
    short.page.mouse.up()
    assert short.ask("getSelection().toString().length") > 5
    assert short.time == before


# 4
def test_the_tools_of_a_line_answer_the_mouse(short: Listener) -> None:
    for place in (4, 6):
        short.page.hover(f"#l{place} p")
        short.page.get_by_role("button", name="Comment on this line").click()
        short.until("document.activeElement.id === 'comment-here'")
        assert short.ask("document.querySelector('.ln-tools').parentElement.id") == f"l{place}"


def test_following_ends_when_the_reader_scrolls_and_comes_back_only_when_asked(long: Listener) -> None:
    long.page.locator("#l60 > button").click()
    long.until("!recordingPage.transcript.scrolling")
    assert long.follows
    long.page.mouse.move(500, 600)
    long.page.mouse.wheel(0, 3000)
    long.until("!recordingPage.transcript.state.on")
    chip = long.page.get_by_role("button", name="Jump to playback position")
    assert chip.is_visible()
    place = long.ask("scrollY")
    long.press("k")
    long.page.wait_for_timeout(4000)
    assert not long.follows
    assert long.ask("scrollY") == pytest.approx(place, abs=400)
    chip.click()
    assert long.follows
    assert not chip.is_visible()
    long.press("k")
    long.until("!recordingPage.transcript.scrolling")
    long.page.evaluate("window.scrollBy(0, -900)")
    long.until("!recordingPage.transcript.state.on")
    long.page.locator("#l57 > p").click()
    assert long.follows
    long.page.evaluate("document.activeElement.blur()")
    long.press("PageDown")
    long.until("!recordingPage.transcript.state.on")
    # The page glides for a while after the key: what moves it then is still the reader.
    place = None
    while place != (place := long.ask("scrollY")):
        long.page.wait_for_timeout(500)
    long.press("s")
    assert long.follows


def test_following_resumes_when_the_sound_reaches_the_reader(long: Listener) -> None:
    long.page.locator("#l60 > button").click()
    long.until("!recordingPage.transcript.scrolling")
    long.page.mouse.move(500, 600)
    long.page.mouse.wheel(0, 700)
    long.until("!recordingPage.transcript.state.on && recordingPage.transcript.state.target > 61")
    long.page.wait_for_timeout(300)
    target = long.ask("recordingPage.transcript.state.target")
    long.page.evaluate("(i) => recordingPage.sound.seek(recordingPage.transcript.starts[i] - 1.2)", target)
    long.until("recordingPage.transcript.active === recordingPage.transcript.state.target - 1")
    assert not long.follows
    long.press("k")
    long.until("recordingPage.transcript.state.on")


# 5
def test_it_scrolls_only_when_the_line_leaves_the_comfort_band(long: Listener) -> None:
    long.page.emulate_media(reduced_motion="reduce")
    long.page.locator("#l60 > button").click()
    long.until("!recordingPage.transcript.scrolling")
    before = long.ask("scrollY")
    long.press("Shift+ArrowRight")
    long.page.wait_for_timeout(200)
    assert long.ask("scrollY") == before
    for _ in range(40):
        long.press("Shift+ArrowRight")
        long.page.wait_for_timeout(30)
        if long.ask("scrollY") != before:
            break
    long.until("!recordingPage.transcript.scrolling")
    place = long.ask(
        """(() => {
          const top = document.querySelector("#lines [aria-current]").getBoundingClientRect().top;
          const above = document.getElementById("player").getBoundingClientRect().bottom;
          return (top - above) / (innerHeight - above);
        })()"""
    )
    assert place == pytest.approx(0.25, abs=0.03)


# 6
def test_the_spoken_line_is_lit_up_ahead_of_the_sound(short: Listener) -> None:
    start = short.ask("recordingPage.transcript.starts[4]")
    short.page.evaluate("(t) => recordingPage.sound.seek(t)", start - 0.4)
    assert short.line == "l3"
    short.page.evaluate("(t) => recordingPage.sound.seek(t)", start - 0.2)
    assert short.line == "l4"
    assert short.ask("document.querySelectorAll('#lines [aria-current]').length") == 1
    border = "getComputedStyle(document.getElementById('l4')).borderInlineStartColor"
    assert short.ask(border) not in ("rgba(0, 0, 0, 0)", "transparent")


# 7
def test_a_seek_while_paused_updates_the_transcript(short: Listener) -> None:
    assert short.ask("audio.paused")
    short.page.evaluate("(t) => { audio.currentTime = t; }", short.ask("recordingPage.transcript.starts[6]"))
    short.until("document.querySelector('#lines [aria-current]')?.id === 'l6'")


# 8
def test_a_call_of_seven_hours_is_whole_in_the_page(context: BrowserContext, live_server: LiveServer) -> None:
    said = [(i * 5.0, f"Speaker {1 + i % 2}", f"Line {i} of a very long call") for i in range(5000)]
    recording = recorded(lines=said)
    RecordingJob.objects.filter(pk=recording.pk).update(duration=25_000)
    person = listener(context, live_server, recording)
    html = context.request.get(person.url).text()
    assert html.count('<li id="l') == 5000
    # The file is short: without it the position stays where the link put it.
    person.page.route("**/audio*", lambda route: None)
    person.page.set_default_timeout(30_000)
    person.open("?t=20001")
    assert person.ask("document.querySelectorAll('#lines li').length") == 5000
    assert person.ask("document.querySelectorAll('#lines p > *').length") == 0
    assert person.ask("getComputedStyle(document.getElementById('l7').parentElement).contentVisibility") == "auto"
    person.until("!recordingPage.transcript.scrolling && recordingPage.transcript.active === 4000", timeout=30)
    top = person.ask("document.getElementById('l4000').getBoundingClientRect().top")
    assert 0 < top < 700
    person.page.unroute_all(behavior="ignoreErrors")


# 9
def test_find_counts_wraps_and_never_moves_the_sound(short: Listener) -> None:
    short.page.locator("#l2 > button").click()
    place = short.time
    short.press("/")
    short.page.keyboard.type("s")
    count = short.page.locator("[data-find] output")
    short.page.wait_for_timeout(250)
    assert count.text_content() == ""
    short.page.keyboard.type("PEAKER 2")
    short.until("document.querySelector('[data-find] output').value === '2 of 5'")
    assert short.ask("CSS.highlights.get('found').size") == 5
    short.press("Shift+Enter", "Shift+Enter")
    assert count.text_content() == "5 of 5"
    short.press("Enter", "Enter")
    assert count.text_content() == "2 of 5"
    assert short.ask("recordingPage.wave.marks.matches.length") == 5
    assert short.time == place
    assert short.ask("recordingPage.transcript.state.finding")
    short.page.get_by_role("button", name=re.compile("Play from 0:15")).click()
    short.until("!audio.paused")
    assert short.time == pytest.approx(15.2, abs=1)
    short.page.locator("#find").focus()
    short.press("Escape")
    assert not short.page.locator("[data-find]").is_visible()
    assert short.ask("CSS.highlights.has('found')") is False


def test_tab_enters_and_leaves_the_transcript_once(short: Listener) -> None:
    stops = "document.querySelectorAll('#lines li > button[tabindex=\"0\"]').length"
    short.page.locator("#l0 > button").focus()
    assert short.ask(stops) == 1
    short.press("ArrowDown", "ArrowDown")
    assert short.ask("document.activeElement.parentElement.id") == "l2"
    short.press("ArrowUp")
    assert short.ask("document.activeElement.parentElement.id") == "l1"
    assert short.ask(stops) == 1
    short.press("Enter")
    assert short.time == pytest.approx(short.ask("recordingPage.transcript.starts[1]"), abs=0.1)
    for _ in range(4):
        short.press("Tab")
    assert not short.ask("document.activeElement.matches('#lines li > button')")


# 10
def test_a_link_leads_to_its_time_and_does_not_play(context: BrowserContext, live_server: LiveServer) -> None:
    person = listener(context, live_server, recorded(LONG)).open("?t=1203.5&end=1215&q=roaming").ready()
    assert person.time == pytest.approx(1203.5, abs=0.1)
    assert person.ask("audio.paused")
    assert person.page.get_by_role("button", name="Play from 20:03").is_visible()
    assert person.page.locator("#lines .in-span").count() >= 1
    assert person.page.locator("#find").input_value() == "roaming"
    assert person.ask("document.activeElement.id") != "find"
    person.page.wait_for_timeout(600)
    assert person.ask("audio.paused")


def test_selected_words_can_be_quoted(short: Listener, context: BrowserContext) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    short.page.locator("#l4 > p").select_text()
    bar = short.page.get_by_role("group", name="Selected text")
    bar.get_by_role("button", name="Copy quote and link").click()
    short.until("document.getElementById('announce').textContent === 'Quote and link copied'")
    quote = short.ask("navigator.clipboard.readText()")
    assert quote.startswith("> Speaker 1: Thank you. I can see two payments")
    assert re.search(rf"{re.escape(short.url)}\?t=22\.\d+&end=26\.\d+$", quote)
    short.page.locator("#l4 > p").select_text()
    bar.get_by_role("button", name="Comment").click()
    short.page.get_by_label("Comment at 0:22–0:26").fill("Double payment")
    short.page.keyboard.press("Control+Enter")
    short.page.locator("#l4 + .thread .comment-text").get_by_text("Double payment").wait_for()
    short.until("recordingPage.wave.marks.comments.length === 1")


def test_a_line_and_a_links_span_can_be_looped(short: Listener) -> None:
    loop = short.page.get_by_role("button", name="Loop", exact=True)
    short.page.locator("#l3 > button").click()
    loop.click()
    starts = short.ask("recordingPage.transcript.starts")
    assert short.ask("recordingPage.sound.loop") == {"from": starts[3], "to": starts[4]}
    short.page.evaluate("recordingPage.sound.audio.currentTime = recordingPage.sound.loop.to - 0.6")
    short.press("k")
    short.until(f"audio.currentTime < {starts[4] - 1}")
    assert short.time >= starts[3] - 0.05
    short.press("l")
    assert short.ask("recordingPage.sound.loop") is None
    short.open("?t=6.5&end=11").ready()
    loop.click()
    assert short.ask("recordingPage.sound.loop") == {"from": 6.5, "to": 11}


# 11
def test_the_waveform_is_a_slider_that_tells_what_is_said(short: Listener) -> None:
    slider = short.page.get_by_role("slider", name="Position")
    slider.focus()
    short.press("ArrowRight")
    assert short.time == pytest.approx(5, abs=0.1)
    short.press("PageUp")
    assert short.time == pytest.approx(35, abs=0.1)
    short.until("document.querySelector('[role=slider]').getAttribute('aria-valuetext') === '35 seconds of 51 seconds'")
    short.press("End")
    assert short.time == pytest.approx(short.ask("recordingPage.sound.duration"), abs=0.1)
    short.press("Home")
    assert short.time == 0
    short.until("recordingPage.wave.peaks.length === 1")
    assert 1000 < short.ask("recordingPage.wave.peaks[0].length") <= 4000
    short.until("!recordingPage.transcript.scrolling")
    box = slider.bounding_box()
    assert box
    short.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 20)
    tip = short.page.locator(".wave-tip")
    assert "Speaker 2: Exactly" in (tip.text_content() or "") or "0:25" in (tip.text_content() or "")
    short.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + 20)
    assert short.time == pytest.approx(short.ask("recordingPage.sound.duration") / 2, abs=0.3)


# 12
def test_the_length_is_known_before_the_sound(context: BrowserContext, live_server: LiveServer) -> None:
    person = listener(context, live_server, recorded(LONG))
    person.page.route("**/audio*", lambda route: None)
    person.open()
    assert person.page.locator("[data-total]").text_content() == "40:00"
    assert person.ask("audio.preload") == "metadata"
    assert person.ask("audio.readyState") == 0
    person.press("k")
    person.page.wait_for_timeout(200)
    assert not person.page.locator("[data-waiting]").is_visible()
    person.page.unroute_all(behavior="ignoreErrors")


def test_an_error_keeps_the_place_tries_once_more_and_says_why(
    context: BrowserContext, live_server: LiveServer, complaints: list[str]
) -> None:
    recording = recorded()
    assert recording.destination is not None
    recording.destination.write_store().delete(recording.key)
    person = listener(context, live_server, recording)
    asked: list[Request] = []
    person.page.on("request", lambda request: asked.append(request) if "/audio" in request.url else None)
    person.open("?t=20")
    sentence = "The file is no longer in storage"
    person.page.get_by_role("alert").get_by_text(sentence).wait_for()
    assert len([request for request in asked if request.resource_type == "media"]) == 2
    assert person.ask("recordingPage.sound.time") == 20
    assert person.page.locator("[data-clock]").text_content() == "0:20"
    complaints.clear()


# 13
def test_the_speed_is_remembered_and_the_time_left_is_the_listeners_own(short: Listener) -> None:
    with short.page.expect_response("**/player/manners"):
        short.press(">", ">", ">", ">")
    assert short.page.locator("[data-left]").text_content() == "−0:25 at 2×"
    assert short.ask("audio.preservesPitch")
    short.open()
    assert short.ask("audio.playbackRate") == 2
    for _ in range(6):
        short.press(">")
    assert short.ask("audio.playbackRate") == 3
    for _ in range(12):
        short.press("<")
    assert short.ask("audio.playbackRate") == 0.5


# 14
def test_silence_is_skipped_when_asked(short: Listener) -> None:
    short.until("recordingPage.sound.gaps.length > 0")
    gap = short.ask("recordingPage.sound.gaps[0]")
    assert gap["to"] - gap["from"] > 1.4
    short.page.evaluate("(t) => recordingPage.sound.seek(t)", gap["from"] + 0.1)
    short.press("k")
    short.page.wait_for_timeout(400)
    assert short.time < gap["to"] - 0.5
    short.page.get_by_role("button", name=re.compile("Skip silence")).click()
    short.until(f"audio.currentTime >= {gap['to']}", timeout=0.7)
    assert "saves 0:0" in (short.page.get_by_role("button", name=re.compile("Skip silence")).text_content() or "")


# 15
def test_a_recording_counts_as_played_on_leaving_never_on_opening(short: Listener) -> None:
    assert not Listening.objects.exists()
    short.press("l", "k")
    short.until("audio.currentTime > 12.2")
    short.page.goto("about:blank")
    for _ in range(50):
        if Listening.objects.exists():
            break
        short.page.wait_for_timeout(100)
    row = Listening.objects.get(user=short.person)
    assert row.played_at is not None
    assert row.position == pytest.approx(12.3, abs=1)
    assert 1 < row.seconds < 4
    assert AuditEvent.objects.filter(action="audio.heard").exists()
    short.person.preferences["player"] = {"speed": 1.5, "skip_silence": False}
    short.person.save()
    short.open().ready()
    assert short.ask("audio.playbackRate") == 1.5
    short.page.get_by_role("button", name="Continue at 0:12").click()
    short.until("!audio.paused")
    assert short.time == pytest.approx(12.5, abs=1.5)


def test_a_recording_counts_as_played_at_nine_tenths(short: Listener) -> None:
    short.page.evaluate("recordingPage.sound.seek(recordingPage.sound.duration * 0.9 - 1)")
    with short.page.expect_response("**/heard"):
        short.press("k")
    row = Listening.objects.get(user=short.person)
    assert row.played_at is not None
    assert row.played_at - row.updated_at < timedelta(seconds=5)
    # It is taken back by hand, and what this visit plays does not set it again.
    short.page.get_by_role("button", name="Played", exact=True).click()
    short.page.get_by_role("button", name="Mark as played").wait_for()
    expect(short.page.locator(".toast")).to_have_text("Marked as not played")
    short.press("k", "j", "k")
    short.until("!audio.paused")
    short.page.goto("about:blank")
    row.refresh_from_db()
    assert row.played_at is None
    short.open().press("h")
    short.page.get_by_role("button", name="Played", exact=True).wait_for()
    row.refresh_from_db()
    assert row.played_at is not None


def test_copied_text_keeps_the_speaker_and_leaves_the_time(short: Listener, context: BrowserContext) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    short.page.evaluate(
        """() => {
          const range = document.createRange();
          range.setStart(document.querySelector("#l2 > p").firstChild, 7);
          range.setEnd(document.querySelector("#l3 > p").firstChild, 6);
          getSelection().removeAllRanges();
          getSelection().addRange(range);
        }"""
    )
    short.page.keyboard.press("Control+c")
    expect(short.page.locator(".toast")).to_have_text("Copied 2 lines")
    text = short.ask("navigator.clipboard.readText()")
    assert text == "Speaker 1: sorry about that. Could you read me the order number, please?\nSpeaker 2: Yes, it"


def test_a_recording_whose_sample_rate_changes_plays_on(context: BrowserContext, live_server: LiveServer):
    recording = factories.recording(size=None, duration=None)
    assert recording.destination is not None
    joined = sound("cbr-bare.mp3") + sound("stereo-44k.mp3") + sound("vbr-8k.mp3")
    recording.destination.write_store().write(recording.key, joined, content_type="audio/mpeg")
    inspect.inspect(recording.pk)
    one = listener(context, live_server, recording).open().ready()
    one.ask("recordingPage.sound.seek(19.2)")
    one.ask("recordingPage.sound.play()")
    one.until("recordingPage.sound.time > 20.5 && recordingPage.sound.playing", timeout=15)
    one.ask("recordingPage.sound.seek(50)")
    one.until("recordingPage.sound.time > 50.3 && recordingPage.sound.playing", timeout=15)


# 16
def test_a_and_b_are_set_by_keys_by_hand_and_by_typing(short: Listener, context: BrowserContext) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    marks = "[document.getElementById('player').dataset.loopStart, document.getElementById('player').dataset.loopEnd]"
    bar = short.page.get_by_role("group", name="Selection", exact=True)
    assert not bar.is_visible()
    short.press("[", "l", "]")
    assert short.ask(marks) == ["0.00", "10.00"]
    assert short.ask("document.querySelectorAll('#lines .in-span').length") > 1
    short.press("o")
    assert short.ask("recordingPage.sound.loop") == {"from": 0, "to": 10}
    bar.get_by_label("A", exact=True).fill("0:06.5")
    bar.get_by_label("B", exact=True).fill("9:99")
    short.press("Enter")
    assert bar.get_by_role("alert").text_content() == "Enter a time like 1:23.5, up to 0:51."
    assert short.ask(marks) == ["6.50", "10.00"]
    assert short.ask("recordingPage.sound.loop") == {"from": 6.5, "to": 10}
    bar.get_by_role("button", name="Copy link").click()
    short.until("document.getElementById('announce').textContent === 'Link copied'")
    assert short.ask("navigator.clipboard.readText()") == f"{short.url}?t=6.5&end=10"
    short.press("Delete")
    assert short.ask(marks) == [None, None]
    assert short.ask("recordingPage.sound.loop") is None
    assert not bar.is_visible()
    short.page.get_by_role("button", name="Set selection end").click()
    assert bar.get_by_label("B", exact=True).input_value() == "0:10"
    # A span is drawn with Shift, and its ends are moved; the position stays where it was.
    before = short.time
    box = short.page.get_by_role("slider", name="Position").bounding_box()
    assert box
    mouse, y = short.page.mouse, box["y"] + 30
    short.page.keyboard.down("Shift")
    mouse.move(box["x"] + box["width"] / 2, y)
    mouse.down()
    mouse.move(box["x"] + box["width"] / 4, y, steps=3)
    mouse.up()
    short.page.keyboard.up("Shift")
    drawn = [float(each) for each in short.ask(marks)]
    duration = short.ask("recordingPage.sound.duration")
    assert drawn == pytest.approx([duration / 4, duration / 2], abs=0.1)
    mouse.move(box["x"] + box["width"] / 2, y)
    mouse.down()
    mouse.move(box["x"] + box["width"] * 0.75, y, steps=3)
    mouse.up()
    assert float(short.ask(marks)[1]) == pytest.approx(duration * 0.75, abs=0.1)
    assert short.time == before
    short.open("?t=6.5&end=11").ready()
    assert short.ask(marks) == ["6.50", "11.00"]
