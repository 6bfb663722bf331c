"""Who is the agent and who the customer: only where a person said so, and in one colour each on every page."""

import pytest

from recordings_site.recordings.models import Side, SpeakerName
from recordings_site.recordings.transcripts.speakers import shown_speakers, speakers_of, speakers_of_each
from recordings_site.recordings.transcripts.summaries import summarize
from tests import factories

Said = dict[str, tuple[str, str]]


def shown(labels: list[str], **given: tuple[str, str]) -> list[tuple[str, str, int]]:
    rows = {label: SpeakerName(speaker_label=label, name=name, side=side) for label, (name, side) in given.items()}
    return [(each.name, each.side, each.colour) for each in shown_speakers(labels, rows).values()]


def test_nobody_is_guessed() -> None:
    assert shown(["A", "B", "A"]) == [("A", "", 1), ("B", "", 2)]


@pytest.mark.parametrize("labels", [["A", "B"], ["B", "A"]])
def test_of_two_voices_the_other_one_is_the_customer(labels: list[str]) -> None:
    assert sorted(shown(labels, A=("", "agent"))) == [("Agent", "agent", 1), ("Customer", "customer", 2)]
    assert sorted(shown(labels, A=("", "customer"))) == [("Agent", "agent", 1), ("Customer", "customer", 2)]


def test_of_three_voices_or_one_without_a_label_no_one_follows() -> None:
    assert shown(["C", "A", "B"], A=("", "agent")) == [("C", "", 3), ("Agent", "agent", 1), ("B", "", 4)]
    assert shown(["A", ""], A=("", "agent")) == [("Agent", "agent", 1), ("", "", 3)]


def test_a_given_name_wins_over_the_side_and_keeps_its_colour() -> None:
    assert shown(["B", "A"], A=("Dana", "agent")) == [("Customer", "customer", 2), ("Dana", "agent", 1)]


def test_two_agents_are_told_apart() -> None:
    assert shown(["A", "B", "C"], A=("", "agent"), B=("Kim", "agent")) == [
        ("Agent", "agent", 1), ("Kim", "agent", 3), ("C", "", 4)
    ]  # fmt: skip


def test_each_of_many_voices_has_a_colour() -> None:
    colours = [colour for *_, colour in shown([str(each) for each in range(9)])]
    assert colours == [1, 2, 3, 4, 5, 6, 1, 2, 3]


@pytest.mark.django_db
def test_lists_and_pages_name_the_same_people(django_assert_num_queries: pytest.FixtureRequest) -> None:
    number, author = factories.number(), factories.user()
    SpeakerName.objects.create(number=number, speaker_label="B", side=Side.AGENT, author=author)
    talk = [(0.0, "A", "Hi, I would like a refund."), (4.0, "B", "Of course.")]
    recordings = [factories.recording(number=number, duration=9.0), factories.recording(duration=9.0)]
    for each in recordings:
        summarize(factories.transcript(each, talk))
    with django_assert_num_queries(2):  # type: ignore[operator]
        of_each = speakers_of_each({each.pk: each.number_id for each in recordings})
    assert of_each[recordings[0].pk] == speakers_of(recordings[0], ["A", "B"])
    assert [who.name for who in of_each[recordings[0].pk].values()] == ["Customer", "Agent"]
    assert of_each[recordings[1].pk] == {}
