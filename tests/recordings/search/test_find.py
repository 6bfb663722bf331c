"""Searching transcripts: what is found, for whom, and what is shown of it."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from recordings_site.accounts.models import User
from recordings_site.ops.worker.loop import drain
from recordings_site.policies.models import PhoneNumber
from recordings_site.recordings import search
from recordings_site.recordings.annotations.actions import assign_number
from recordings_site.recordings.lifecycle.actions import update_states
from recordings_site.recordings.models import IndexedRecording, RecordingJob, Transcript
from recordings_site.recordings.search.engines import port
from recordings_site.recordings.search.language.parser import parse
from recordings_site.tasks import registry
from tests import factories

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)


def indexed(*texts: str, locale: str = "en-US", **fields: object) -> Transcript:
    """A recording whose transcript has these lines, by two speakers in turn."""
    recording = factories.recording(**fields)
    lines = [(10.0 * index, f"Speaker {index % 2 + 1}", text) for index, text in enumerate(texts)]
    transcript = factories.transcript(recording, lines, locale=locale)
    search.index(transcript)
    return transcript


def found(query: str, user: User) -> list[object]:
    """The recordings that a query finds, newest first."""
    node = parse(query, now=NOW, zone=ZoneInfo("UTC"))
    return [hit.recording.pk for hit in search.find(node, user=user).hits]


def test_words_combine_over_the_recording_and_phrases_within_a_line() -> None:
    admin = factories.admin()
    one = indexed("I want a refund", "for the broken lamp").recording_id
    two = indexed("The lamp is fine", "no money back").recording_id
    assert found("refund lamp", admin) == [one]
    assert found("lamp", admin) == [two, one]
    assert found("lamp NOT refund", admin) == [two]
    assert found('"refund lamp"', admin) == []
    assert found('"broken lamp" OR "money back"', admin) == [two, one]
    assert found("refund NEAR/3 want", admin) == [one]
    assert found("refund NEAR/5 lamp", admin) == []
    assert found("NOT refund", admin) == [two]


def test_a_word_is_not_found_by_the_stem_that_another_language_gives_it() -> None:
    admin = factories.admin()
    indexed("I took a day off")
    swedish = indexed("Det blev ett offer", locale="sv-SE").recording_id
    offered = indexed("Is that an offer?").recording_id
    assert found("offer", admin) == [offered, swedish]


def test_a_speaker_binds_the_words_beside_it() -> None:
    admin = factories.admin()
    one = indexed("I want a refund", "for the lamp").recording_id
    assert found('speaker:"Speaker 1" refund', admin) == [one]
    assert found('speaker:"Speaker 2" refund', admin) == []
    assert found('speaker:"Speaker 2"', admin) == [one]
    assert found('speaker:"Speaker 3"', admin) == []


def test_words_are_found_by_their_stem_in_each_language_without_accents_and_as_beginnings() -> None:
    admin = factories.admin()
    english = indexed("They are refunding my cancellations").recording_id
    swedish = indexed("Jag vill ha en återbetalning av fakturorna", locale="sv-SE").recording_id
    chinese = indexed("我要退款", locale="zh-CN").recording_id
    assert found("REFUNDS", admin) == [english]
    assert found("cancel*", admin) == [english]
    assert found("aterbetalningar", admin) == [swedish]
    assert found("faktura", admin) == [swedish]
    assert found("退款", admin) == [chinese]
    assert found("退", admin) == [chinese]
    assert found("退*", admin) == [chinese]
    assert found("xyz*", admin) == []


def test_numbers_are_found_with_and_without_separators() -> None:
    admin = factories.admin()
    one = indexed("Call me on 070-123 45 67, order 2,000").recording_id
    two = indexed("My number is +46701234567").recording_id
    assert found("0701234567", admin) == [two, one]
    assert found("+46 70 123 45 67", admin) == [two, one]
    assert found("1234567", admin) == [one]
    assert found("2000", admin) == [one]
    assert found('"2 000"', admin) == [one]


def test_hits_show_the_lines_with_what_was_found_marked() -> None:
    admin = factories.admin()
    indexed("Hello", "I want my Refund. A refund!", "ok", "refunds", "refunded", "refunding")
    hit = search.find(parse("refund", now=NOW, zone=ZoneInfo("UTC")), user=admin).hits[0]
    assert [line.seconds for line in hit.lines] == [10.0, 30.0, 40.0]
    assert [(fragment.text, fragment.found) for fragment in hit.lines[0].fragments] == [
        ("I want my ", False),
        ("Refund", True),
        (". A ", False),
        ("refund", True),
        ("!", False),
    ]
    assert hit.more_lines == 1
    assert hit.lines[0].speaker == "Speaker 2"


def test_no_search_finds_recordings_that_the_user_may_not_see() -> None:
    team = factories.team()
    mine, other = factories.number(team=team), factories.number()
    own = indexed("secret refund", number=mine).recording_id
    foreign = indexed("secret refund", number=other).recording_id
    support = factories.user(teams=[team])
    assert found("refund", support) == [own]
    assert found("NOT banana", support) == [own]
    assert found(f"number:{other.e164}", support) == []
    assert found("refund", factories.user()) == []
    assert set(found("refund", factories.admin())) == {own, foreign}


def test_the_numbers_of_a_search_are_those_that_one_may_see_at_this_moment() -> None:
    teams = [factories.team() for _ in range(3)]
    numbers = [factories.number(team=teams[index % 3]) for index in range(7)]
    factories.number(team=None)
    person = factories.user(teams=teams[:2])
    assert PhoneNumber.objects.ids_visible_to(person) == {each.pk for each in numbers if each.team != teams[2]}
    person.teams.remove(teams[0])
    seen = set(PhoneNumber.objects.visible_to(person).values_list("pk", flat=True))
    assert PhoneNumber.objects.ids_visible_to(person) == seen == {numbers[1].pk, numbers[4].pk}
    assert PhoneNumber.objects.ids_visible_to(factories.user(teams=[])) == set()


def test_facts_of_the_recording_narrow_the_hits() -> None:
    admin = factories.admin()
    number = factories.number(label="Support Stockholm")
    start = datetime(2026, 3, 5, 12, tzinfo=UTC)
    one = indexed("refund", number=number, happened_at=start, duration=400.0).recording_id
    two = indexed("refund", happened_at=start + timedelta(days=40)).recording_id
    assert found(f"number:{number.e164} refund", admin) == [one]
    assert found("number:stockholm", admin) == [one]
    assert found("on:2026-03-05 refund", admin) == [one]
    assert found("after:april", admin) == [two]
    assert found("before:april refund", admin) == [one]
    assert found("longer:5m", admin) == [one]
    assert found("caller:+46733000001", admin) == [two, one]
    assert found("state:available direction:inbound", admin) == [two, one]
    assert found("refund -longer:5m", admin) == [two]
    swedish = indexed("refund", locale="sv-SE", happened_at=start).recording_id
    RecordingJob.objects.filter(pk=swedish).update(locale="sv-SE")
    assert found("locale:sv-se", admin) == found("locale:SV", admin) == found("locale:Swedish", admin) == [swedish]


def test_pages_follow_each_other_without_a_gap() -> None:
    admin = factories.admin()
    made = [indexed(f"refund {index}", "thank you").recording_id for index in range(5)]
    node = parse('refund OR "thank you"', now=NOW, zone=ZoneInfo("UTC"))
    seen: list[object] = []
    before = None
    while True:
        page = search.find(node, user=admin, before=before, size=2)
        seen += [hit.recording.pk for hit in page.hits]
        before = page.older
        if before is None:
            break
    assert seen == made[::-1]


def test_a_transcript_is_indexed_anew_and_forgotten() -> None:
    admin = factories.admin()
    transcript = indexed("I want a refund")
    transcript.lines.update(text="I want a lamp")
    search.index(transcript)
    assert found("refund", admin) == []
    assert found('"a lamp"', admin) == [transcript.recording_id]
    IndexedRecording.objects.all().delete()
    assert found("lamp", admin) == []
    assert found('"a lamp"', admin) == []
    assert not IndexedRecording.objects.exists()


def test_a_recording_that_is_assigned_to_a_number_is_found_by_its_team() -> None:
    number = factories.number()
    person = factories.user(teams=[number.team])
    transcript = indexed("refund", call=None)
    assert found("refund", person) == []
    assign_number(transcript.recording, number=number, by=factories.admin())
    drain(registry.load())
    assert found("refund", person) == [transcript.recording_id]
    assert found(f"number:{number.e164}", factories.admin()) == [transcript.recording_id]


def test_a_callout_whose_number_is_learnt_later_is_found_by_its_team_at_its_time() -> None:
    number = factories.number()
    person = factories.user(teams=[number.team])
    call = factories.call(direction="callout")
    transcript = indexed("refund", call=call, number=None)
    call.number = number
    call.save()
    update_states(call)
    drain(registry.load())
    assert found("refund", person) == [transcript.recording_id]


def test_a_number_is_near_itself_however_it_was_said() -> None:
    admin = factories.admin()
    made = [indexed(text).recording_id for text in ("order 2000 please", "order 2 000 please", "order 2001 please")]
    assert found("2000 NEAR/3 2000", admin) == [made[1], made[0]]
    assert found("order NEAR/3 2000", admin) == [made[1], made[0]]


def best(query: str, user: User) -> list[object]:
    """The recordings that a query finds, the best match first."""
    node = parse(query, now=NOW, zone=ZoneInfo("UTC"))
    return [hit.recording.pk for hit in search.best(node, user=user).hits]


def test_the_best_match_has_more_lines_that_say_it_a_rare_word_before_a_common_one() -> None:
    admin = factories.admin()
    told = {times: indexed(*["a refund"] * times, *["well"] * (20 - times)).recording_id for times in (4, 1, 8, 2)}
    by_times = [told[times] for times in (8, 4, 2, 1)]
    assert best("refund", admin) == by_times
    assert best("refu*", admin) == by_times
    assert best("refund -banana", admin) == by_times
    assert best('"a refund"', admin) == by_times
    # What others said between one's own calls, in more numbers than are looked up like words, changes nothing.
    theirs, numbers = factories.number(), [factories.number() for _ in range(25)]
    for number in [theirs] * 40 + numbers:
        indexed("a refund", *["a refund"] * (number == theirs), *["well"] * 18, number=number)
    numbers += [job.number for job in RecordingJob.objects.filter(pk__in=told.values()) if job.number]
    team = factories.team()
    PhoneNumber.objects.filter(pk__in=[number.pk for number in numbers]).update(team=team)
    assert best("refund", factories.user(teams=[team]))[:3] == by_times[:3]
    RecordingJob.objects.filter(number__in=[theirs, *numbers[:25]]).delete()
    # Said often in one line is said once.
    once = indexed("refund refund refund refund refund refund", *["well"] * 19).recording_id
    assert set(best("refund", admin)[3:]) == {told[1], once}
    rare = indexed("banana", *["well"] * 19).recording_id
    assert best("refund OR banana", admin)[0] == rare
    # Beside a fact that may do instead, what was said counts as well.
    assert best("refund OR longer:1m", admin)[:2] == by_times[:2]
    # How often it is said cannot be asked for by a word of its own.
    assert found("1refund", admin) == []


def test_the_best_match_is_found_behind_many_newer_hits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(port, "CONSIDERED", 3)
    admin = factories.admin()
    long_ago, later = NOW - timedelta(days=300), NOW - timedelta(days=200)
    oldest = indexed(*["a refund"] * 5, *["well"] * 15, happened_at=long_ago).recording_id
    banana = indexed(*["a banana and a refund"] * 5, *["well"] * 15, happened_at=later).recording_id
    newer = [
        indexed("a refund", "a banana", *["well"] * 18, happened_at=NOW - timedelta(days=5 - day)).recording_id
        for day in range(5)
    ]
    assert best("refund", admin) == [banana, oldest, *newer[:1:-1]]
    # Both words are weighed: one that says much of both comes before one that says much of one.
    assert best("refund banana", admin)[0] == banana
    assert best("refund OR banana", admin) == [banana, *newer[:1:-1], oldest]
    assert best("refund -banana", admin) == [oldest]
    # A condition of the recording itself is asked of each.
    assert best("refund before:2026-01-01", admin) == [banana, oldest]
    assert best("refund longer:0s", admin)[0] == banana
    # A phrase's lines are counted among the newest hits only.
    assert best('"a refund"', admin) == newer[:1:-1]


def test_a_short_call_says_more_with_as_many_lines_than_a_long_one() -> None:
    admin = factories.admin()
    short = indexed(*["a refund"] * 4, *["well"] * 6).recording_id
    indexed(*["a refund"] * 4, *["well"] * 66)
    assert best("refund", admin)[0] == short
    assert best('"a refund"', admin)[0] == short
