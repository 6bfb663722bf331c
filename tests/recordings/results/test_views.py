"""The search page: hits or a sentence that helps, never an error page."""

import html
import re

import pytest
from django.test import Client

from recordings_site.recordings import search
from recordings_site.recordings.criteria.registry import CRITERIA
from recordings_site.recordings.models import SavedPage, SpeakerName
from recordings_site.recordings.saved import actions as saved
from recordings_site.recordings.search.engines import port
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
    search.index(transcript)
    return recording


def test_hits_are_marked_and_lead_to_their_time() -> None:
    recording = indexed("I want a <b>Refund</b>", "Goodbye")
    page = client(factories.admin()).get("/search/?q=refunds").content.decode()
    assert "<mark>Refund</mark>" in page
    assert "&lt;b&gt;" in page
    assert f"/recordings/{recording.pk}/?q=Refund&amp;t=83.4" in page  # type: ignore[attr-defined]


def test_nothing_of_others_is_shown() -> None:
    indexed("a secret refund")
    person = factories.user(teams=[factories.team()])
    page = client(person).get("/search/?q=refund").content.decode()
    assert "No results" in page
    assert "secret" not in page


def test_a_wrong_query_is_explained_and_its_correction_searched() -> None:
    indexed("a late refund")
    page = client(factories.admin()).get("/search/", {"q": '"late refund'}).content.decode()
    assert "This quotation mark is never closed." in page
    assert "Showing results for" in page
    assert "<mark>late</mark>" in page


def test_a_misspelt_word_is_offered_as_it_was_said() -> None:
    indexed("a <b>late</b> refund")
    browser = client(factories.admin())
    page = browser.get("/search/", {"q": '"late b refnud" -<i>', "sort": "best"}).content.decode()
    assert "No calls mention “refnud”." in page
    link = re.search(r'Did you mean <a href="([^"]+)">(.*?)</a>\?', page)
    assert link is not None
    assert link[2] == "&quot;late b <strong>refund</strong>&quot; -&lt;i&gt;"
    led = browser.get(f"/search/{html.unescape(link[1])}")
    assert led.context["asked"].text == '"late b refund" -<i>'
    assert led.context["sort"] == "best"
    assert len(led.context["found"].hits) == 1
    assert "Did you mean" not in led.content.decode()


def test_words_that_were_said_apart_are_a_click_away() -> None:
    indexed("a refund", "for the card")
    page = client(factories.admin()).get("/search/", {"q": '"refund card"'}).content.decode()
    assert '<a class="btn btn-primary" href="?q=refund+card">refund card</a>' in page


@pytest.mark.parametrize(
    "query", ["", "!!!", "(", "a\0b", "*" * 50, "x" * 3000, "speaker:", "🙂", "NEAR/5", "退*", "%", "\\"]
)
def test_whatever_is_typed_gives_a_page(query: str) -> None:
    indexed("a late refund")
    assert client(factories.admin()).get("/search/", {"q": query, "cursor": query}).status_code == 200


def test_the_page_says_what_it_can_do_before_anything_is_typed() -> None:
    browser = client(factories.admin())
    assert "No transcripts yet" in browser.get("/search/").content.decode()
    indexed("hello")
    page = browser.get("/search/").content.decode()
    assert "Words at most five words apart" in page
    assert "Saved searches" not in page
    owner = factories.admin()
    saved.save_search(
        by=owner, name="Greetings", page=SavedPage.SEARCH, query="q=hello", team=None, alert=False, alert_by_email=False
    )
    assert "Greetings" in client(owner).get("/search/").content.decode()
    assert Client().get("/search/").status_code == 302


def test_older_hits_are_a_link_away() -> None:
    browser = client(factories.admin())
    number = factories.number()
    made = [indexed("refund", number=number) for _ in range(25)]
    first = browser.get("/search/?q=refund")
    rest = browser.get(f"/search/{first.context['older']}")
    seen = [hit.recording.pk for answer in (first, rest) for hit in answer.context["found"].hits]
    assert seen == [recording.pk for recording in reversed(made)]  # type: ignore[attr-defined]


def test_the_hits_are_counted_and_divided_and_each_part_narrows_the_query() -> None:
    number = factories.number(label="Support")
    for _ in range(3):
        indexed("refund", number=number)
    indexed("a refund and a card", "a refund, yes", "yes")
    browser = client(factories.admin())
    answer = browser.get("/search/summary/?q=refund OR nothing", headers={"HX-Request": "true", "HX-Target": "summary"})
    facets = {facet.name: values for facet, values in answer.context["facets"]}
    assert answer.context["summary"].count == 4
    (support, link, _), _other = facets["Number"]
    assert (support.label, support.count) == ("Support", 3)
    assert {(value.label, value.count) for value, *_ in facets["Speaker"]} == {("Speaker 1", 4), ("Speaker 2", 1)}
    narrowed = browser.get(f"/search/{link}")
    assert len(narrowed.context["found"].hits) == 3
    for values in facets.values():
        for value, each, _ in values:
            assert len(browser.get(f"/search/{each}").context["found"].hits) == value.count


def test_speakers_are_counted_by_the_names_that_hits_have() -> None:
    number = factories.number()
    SpeakerName.objects.create(number=number, speaker_label="Speaker 1", name="Dana", author=factories.admin())
    for _ in range(2):
        indexed("a refund", "my refund", number=number)
    browser = client(factories.admin())
    summary = browser.get("/search/summary/?q=refund").context
    [speakers] = [values for facet, values in summary["facets"] if facet.name == "Speaker"]
    assert {(value.label, value.count) for value, *_ in speakers} == {("Dana", 2), ("Speaker 2", 2)}
    [link] = [link for value, link, _ in speakers if value.label == "Dana"]
    assert len(browser.get(f"/search/{link}").context["found"].hits) == 2


def test_a_part_in_use_and_each_condition_can_be_taken_away_and_the_order_stays() -> None:
    number = factories.number(label="Support")
    for _ in range(2):
        indexed("refund", number=number)
    browser = client(factories.admin())
    query = f'(refund OR card) number:{number.e164} -longer:9h  speaker:"Speaker 1"'
    asked = browser.get("/search/", {"q": query, "sort": "best"}).context["asked"]
    assert [(each.text, each.without) for each in asked.conditions] == [
        (f"number:{number.e164}", '(refund OR card) -longer:9h  speaker:"Speaker 1"'),
        ('speaker:"Speaker 1"', f"(refund OR card) number:{number.e164} -longer:9h"),
    ]
    summary = browser.get("/search/summary/", {"q": query, "sort": "best"})
    parts = {value.label: (link, in_use) for _, values in summary.context["facets"] for value, link, in_use in values}
    assert [label for label, (_, in_use) in parts.items() if in_use] == ["Support", "Speaker 1"]
    for label, expected in (("Support", asked.conditions[0].without), ("Inbound", f"{query} direction:inbound")):
        led = browser.get(f"/search/{parts[label][0]}").context
        assert (led["asked"].text, led["sort"]) == (expected, "best")


def test_the_number_of_calls_stands_once_beside_the_hits() -> None:
    indexed("refund")
    browser = client(factories.admin())
    beside = {"HX-Request": "true", "HX-Target": "summary"}
    assert "1 call</span>, newest first" in browser.get("/search/?q=refund").content.decode()
    # The sum takes the place of what the page of hits knew; alone it stands above the parts.
    assert (
        '<span id="total" hx-swap-oob="true">'
        in browser.get("/search/summary/?q=refund", headers=beside).content.decode()
    )
    assert (
        '<span id="total"><strong class="num">1</strong> call</span>'
        in browser.get("/search/summary/?q=refund").content.decode()
    )


def test_counts_and_parts_know_nothing_of_others() -> None:
    indexed("refund", number=factories.number(label="Secret line"))
    page = client(factories.user(teams=[factories.team()])).get("/search/summary/?q=refund").content.decode()
    assert "Secret line" not in page
    assert "<strong" in page


def test_more_than_a_thousand_are_counted_on_request(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("recordings_site.recordings.search.facets.NEWEST", 2)
    for _ in range(4):
        indexed("refund")
    browser = client(factories.admin())
    assert "2+" in browser.get("/search/summary/?q=refund").content.decode()
    assert browser.get("/search/summary/?q=refund&exact=1").context["exact"] == 4


def test_the_best_match_says_most_of_what_was_asked() -> None:
    little = indexed("a refund", *["something else"] * 20)
    much = indexed("refund the card", "yes a refund", "refund for the card")
    rare = indexed("the invoice and the refund", "thank you")
    for _ in range(6):
        indexed("refund")
    browser = client(factories.admin())
    order = [
        hit.recording for hit in browser.get("/search/?q=refund OR card OR invoice&sort=best").context["found"].hits
    ]
    assert {order[0], order[1]} == {much, rare}
    assert order[-1] == little


def test_the_page_says_where_the_best_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(port, "CONSIDERED", 3)
    for _ in range(5):
        indexed("a refund")
    browser = client(factories.admin())
    page = browser.get("/search/?q=refund&sort=best").content.decode()
    assert "3 calls on this page</span>, best first" in page
    assert "End of best matches" in page
    assert 'href="?q=refund"' in page
    assert "best of the newest 3 first" in browser.get("/search/?q=%22a+refund%22&sort=best").content.decode()
    monkeypatch.setattr(port, "CONSIDERED", 6)
    assert "End of best matches" not in browser.get("/search/?q=refund&sort=best").content.decode()


def test_pages_of_the_best_follow_each_other(monkeypatch: pytest.MonkeyPatch) -> None:
    made = {indexed("refund").pk for _ in range(25)}  # type: ignore[attr-defined]
    browser = client(factories.admin())
    first = browser.get("/search/?q=refund&sort=best")
    second = browser.get(f"/search/{first.context['older']}")
    seen = [hit.recording.pk for answer in (first, second) for hit in answer.context["found"].hits]
    assert len(seen) == 25
    assert set(seen) == made


def test_the_search_tips_have_every_condition_that_search_takes() -> None:
    indexed("hello")
    page = client(factories.admin()).get("/search/").content.decode()
    for criterion in CRITERIA:
        assert (f"<code>{html.escape(criterion.example)}</code>" in page) == bool(criterion.example)
        assert criterion.help in html.unescape(page)


def test_an_unknown_field_is_named_with_those_that_there_are_and_its_words_are_searched() -> None:
    indexed("the colour is red")
    page = client(factories.admin()).get("/search/", {"q": "colour:is"}).content.decode()
    assert "Unknown field “colour”. Use speaker, number," in page
    assert "<mark>colour</mark>" in page
