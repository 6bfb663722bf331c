"""The search page: hits or a sentence that helps, never an error page."""

import pytest
from django.test import Client

from recordings_site.recordings.search.index import index_transcript
from tests import factories

pytestmark = pytest.mark.django_db


def client(person: object) -> Client:
    made = Client()
    made.force_login(person)  # type: ignore[arg-type]
    return made


def indexed(*texts: str, **fields: object) -> object:
    recording = factories.recording(**fields)
    transcript = factories.transcript(
        recording, [(83.4 + index, f"Speaker {index % 2 + 1}", text) for index, text in enumerate(texts)]
    )
    index_transcript(transcript)
    return recording


def test_hits_are_marked_and_lead_to_their_moment() -> None:
    recording = indexed("I want a <b>Refund</b>", "Goodbye")
    page = client(factories.admin()).get("/search/?q=refunds").content.decode()
    assert "<mark>Refund</mark>" in page
    assert "&lt;b&gt;" in page
    assert f"/recordings/{recording.pk}/?q=refunds&amp;t=83.4" in page  # type: ignore[attr-defined]


def test_nothing_of_others_is_shown() -> None:
    indexed("a secret refund")
    person = factories.user(teams=[factories.team()])
    page = client(person).get("/search/?q=refund").content.decode()
    assert "Nothing was found" in page
    assert "secret" not in page


def test_a_wrong_query_is_explained_and_its_correction_searched() -> None:
    indexed("a late refund")
    page = client(factories.admin()).get("/search/", {"q": '"late refund'}).content.decode()
    assert "This quotation mark is never closed." in page
    assert "Showing what is found for" in page
    assert "<mark>late</mark>" in page


@pytest.mark.parametrize(
    "query", ["", "!!!", "(", "a\0b", "*" * 50, "x" * 3000, "speaker:", "🙂", "NEAR/5", "退*", "%", "\\"]
)
def test_whatever_is_typed_gives_a_page(query: str) -> None:
    indexed("a late refund")
    assert client(factories.admin()).get("/search/", {"q": query, "cursor": query}).status_code == 200


def test_the_page_says_what_it_can_do_before_anything_is_typed() -> None:
    browser = client(factories.admin())
    assert "no transcript to search yet" in browser.get("/search/").content.decode()
    indexed("hello")
    assert "Search what was said" in browser.get("/search/").content.decode()
    assert Client().get("/search/").status_code == 302


def test_older_hits_are_a_link_away() -> None:
    browser = client(factories.admin())
    number = factories.number()
    made = [indexed("refund", number=number) for _ in range(25)]
    first = browser.get("/search/?q=refund")
    rest = browser.get(f"/search/{first.context['older']}")
    seen = [hit.recording.pk for answer in (first, rest) for hit in answer.context["found"].hits]
    assert seen == [recording.pk for recording in reversed(made)]  # type: ignore[attr-defined]
