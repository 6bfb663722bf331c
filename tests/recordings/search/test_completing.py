"""Suggestions while one types: words that were said where one may listen, tags and numbers."""

import pytest
from django.test import Client

from recordings_site.recordings import search
from recordings_site.recordings.annotations.actions import tag_recording
from recordings_site.recordings.search.completing import completions
from tests import factories

pytestmark = pytest.mark.django_db


def test_the_last_word_is_continued_by_what_was_said_where_one_may_listen() -> None:
    number = factories.number(label="Support")
    search.index(factories.transcript(factories.recording(number=number), [(0.0, "Speaker 1", "a refund please")]))
    search.index(factories.transcript(factories.recording(), [(0.0, "Speaker 1", "refurbished")]))
    agent = factories.user(teams=[number.team])
    assert completions("card ref", agent) == ["card refund"]
    assert set(completions("ref", factories.admin())) == {"refund", "refurbished"}


def test_tags_and_numbers_are_offered_as_conditions() -> None:
    number = factories.number(label="Support Stockholm")
    tag_recording(by=factories.admin(), recording=factories.recording(number=number), name="stock out")
    found = completions("stock", factories.user(teams=[number.team]))
    assert found[0] == 'tag:"stock out"'
    assert found[1].startswith('number:"Support Stockholm')
    assert completions("stock", factories.user()) == []


@pytest.mark.parametrize("text", ["", "r", "refund ", '"', "tag:", "-"])
def test_nothing_is_offered_before_two_letters(text: str) -> None:
    assert completions(text, factories.admin()) == []


def test_the_answer_is_options_and_no_page() -> None:
    client = Client()
    client.force_login(factories.user())
    answer = client.get("/search/suggest/", {"q": "x" * 5000 + "\0"})
    assert (answer.status_code, answer["Content-Type"].partition(";")[0]) == (200, "text/plain")
