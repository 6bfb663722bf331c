"""What is offered for a query that finds nothing: only what was said, only to those who may hear it."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from pytest_django import DjangoAssertNumQueries

from recordings_site.accounts.models import User
from recordings_site.policies.models import Policy
from recordings_site.recordings.models import IndexedWord, RecordingTag, SpeakerName, Tag
from recordings_site.recordings.search.engines.factory import engine
from recordings_site.recordings.search.engines.port import Word
from recordings_site.recordings.search.hits import find
from recordings_site.recordings.search.language import spelling, typed
from recordings_site.recordings.search.suggestions import Advice, suggest
from recordings_site.recordings.search.text.tokens import tokenize
from tests import factories
from tests.recordings.search.test_find import indexed

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)


def advice(query: str, user: User) -> Advice:
    """The advice on the first page of a query."""
    asked = typed.read(query, now=NOW, zone=user.zone)
    assert asked.node is not None
    return suggest(asked.meant, asked.node, user=user, found=bool(find(asked.node, user=user).hits))


def meant(query: str, user: User) -> list[str]:
    """The queries that are offered for one."""
    return [each.query for each in advice(query, user).suggestions]


@pytest.fixture
def admin() -> User:
    """Somebody who sees these calls, of which the words come often."""
    indexed("I want a refund", "My card was declined", "to the credit card, please")
    indexed("A refund for the parcel", "has not been received")
    indexed("En återbetalning av fakturan, tack", "ja, en återbetalning", locale="sv-SE")
    indexed("Где мой заказ", locale="ru-RU")
    return factories.admin()


@pytest.mark.parametrize(
    ("query", "offered"),
    [
        ("refnud", ["refund"]),
        ("Refnud", ["refund"]),
        ("crad", ["card"]),
        ("pracle", ["parcel"]),
        ("declimmed", ["declined"]),
        ("creditcard", ['"credit card"']),
        ("aterbetalnig", ["återbetalning"]),
        ("återbetalnig", ["återbetalning"]),
        ("закас", ["заказ"]),
        # What stands around the word stays as it was typed.
        ("refnud  AND (parcel OR card)", ["refund  AND (parcel OR card)"]),
        ('"a refnud"', ['"a refund"']),
        ('"the creditcard please"', ['"the credit card please"']),
        ("“a  refnud”", ["“a  refund”"]),
        ("(refnud | zebra) -longer:9m", ["(refund | zebra) -longer:9m"]),
        ("want NEAR/3 refnud", ["want NEAR/3 refund"]),
        ('speaker:"Speaker 1" refnud', ['speaker:"Speaker 1" refund']),
        ("refnud-card", []),  # never said one after the other
        ("refnud pracel", ["refund parcel"]),
        ("refnud, please", ["refund, please"]),
        ("credit-crad", ["credit-card"]),
        ("the-credit-card", []),
        # A number that nobody said may be that of a caller, or one's own.
        ("+46 73 300  00 01", ['caller:"+46 73 300 00 01"']),
        ("refund 0733000001", ["refund caller:0733000001"]),
        ("12 34", []),
        # Operators in small letters are words like others.
        ("refund not banana", ["refund NOT banana"]),
        ("banana or refund", ["banana OR refund"]),
        ("refund or", []),
        ("fakturn or refnud", ["fakturan OR refund"]),
        ("refund not crad", ["refund NOT crad", "refund NOT card"]),
        # Where they find something, only "or" would find more.
        ("refund or card", ["refund OR card"]),
        ("parcel Or card", ["parcel OR card"]),
        ("parcel oder card", ["parcel OR card"]),
        ("refnud or crad", ["refund OR card"]),
        ("refund and card", ["refund AND card"]),
        # Words that were never said in one call are offered for any.
        ("refnud fakturn", ["refund OR fakturan"]),
        ('"the credit crad"', ['"the credit card"']),
        ("crad NEAR/3 declimmed", ["card NEAR/3 declined"]),
        ('"credti crad"', ['"credit card"']),
        # One alternative may find something while another one is misspelt.
        ("card OR refnud", ["card OR refund"]),
        # Nothing is offered where nothing was mistaken, or nothing like it was said, or it would find nothing.
        ("refund", []),
        ("refund NOT crad", []),
        ("parcel card", []),
        ("refnud banana", []),
        ("refnud fakturan", []),
        ("banana", []),
        ("cx", []),
        ("2001", []),
        ("refnu*", []),
        ("退款", []),
    ],
)
def test_what_was_probably_meant_is_offered(admin: User, query: str, offered: list[str]) -> None:
    assert meant(query, admin) == offered


def test_common_words_come_before_rare_ones_and_one_slip_before_two(admin: User) -> None:
    for _ in range(3):
        indexed("the lamp")
    indexed("the lame", "a stream, many streams", "a lamb", "a string")
    assert meant("lamq", admin) == ["lamp", "lamb", "lame"]
    # One word stands for all forms with its stem.
    assert meant("strean", admin) == ["stream"]
    assert meant("strimg", admin) == ["string"]
    IndexedWord.objects.filter(word="stream").update(transcripts=50)
    assert meant("strinm", admin) == ["string", "stream"]
    IndexedWord.objects.filter(word="stream").update(transcripts=500)
    assert meant("strinm", admin) == ["stream", "string"]
    # Far less likely ones are not offered beside a likely one.
    IndexedWord.objects.filter(word="stream").update(transcripts=5000)
    assert meant("strinm", admin) == ["stream"]


def test_the_changed_words_are_marked(admin: User) -> None:
    (suggestion,) = advice("refnud OR (zebra card)", admin).suggestions
    assert [(fragment.text, fragment.found) for fragment in suggestion.fragments] == [
        ("refund", True),
        (" OR (zebra card)", False),
    ]


@pytest.mark.parametrize(
    ("query", "looser"),
    [
        ('"card refund"', "card refund"),
        ("refund NEAR/3 card", "refund card"),
        ('want NEAR "credit card"', 'want "credit card"'),
        ("parcel card", "parcel OR card"),
        ('received "my card"', 'received OR "my card"'),
        ('"refund parcel tack"', ""),  # in no call together
        ("parcel card tag:x", ""),
        ("parcel -refund", ""),
        ("parcel banana", ""),
        ("refund", ""),
    ],
)
def test_words_that_were_said_apart_are_offered_apart(admin: User, query: str, looser: str) -> None:
    assert advice(query, admin).looser == looser


def test_words_are_looked_for_inside_others() -> None:
    number = factories.number()
    person = factories.user(teams=[number.team])
    indexed("Ihre Rechnungsnummer bitte", "mein Nummernschild", locale="de-DE")
    indexed("ett fakturanummer tack", locale="sv-SE", number=number)
    admin = factories.admin()
    assert advice("nummer", admin).inside_words == "*nummer"
    assert advice("nummer", person).inside_words == "*nummer"
    assert advice("ett nummer", admin).inside_words == "ett *nummer"
    assert advice('"ett nummer tack"', admin).inside_words == '"ett *nummer tack"'
    assert advice("rxsch", admin).inside_words == ""
    assert advice("ernsch", admin).inside_words == "*ernsch*"
    assert advice("rechnung", person).inside_words == ""
    assert advice("schild", person).inside_words == ""
    assert advice("banana", admin).inside_words == ""
    assert advice("12", admin).inside_words == ""


def test_what_is_in_no_call_is_named(admin: User) -> None:
    assert advice("banana card", admin).unknown == ["No calls mention “banana”."]
    assert advice("parcel card", admin).unknown == []
    assert advice("wasn't 12 34", admin).unknown == [
        "No calls mention “wasn't”.",
        "No calls mention “12 34”.",
    ]


def test_nothing_that_only_others_said_is_offered_or_shows(admin: User) -> None:
    mine, theirs = factories.number(), factories.number()
    person = factories.user(teams=[mine.team])
    own = indexed("my invoice", "a policy", "a refund", number=mine)
    indexed("the merger", "the refnud", "the policies", "the refunds", number=theirs)
    assert meant("mergr", admin)
    assert meant("mergr", person) == []
    assert meant("invoice OR mergr", person) == []
    # It has the stem of a word that this person may find: even so it is not spelt for them.
    assert meant("policeis", admin) == ["policies"]
    assert meant("policeis", person) == []
    assert meant("refunxs", admin) == ["refunds"]
    assert meant("refunxs", person) == ["refund"]
    # A word of others is as unknown as one that nobody said.
    assert meant("refnud", person) == ["refund"]
    assert meant("refnud", admin) == []
    assert advice("merger", person).unknown == ["No calls mention “merger”."]
    assert own.recording.number == mine


def test_long_queries_are_looked_into_no_farther_than_a_bound(
    admin: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_max_num_queries(120):
        assert len(advice(" OR ".join(f"banana{index}" for index in range(50)), admin).unknown) == 4
        advice(" OR ".join(["refund"] * 50), admin)
        advice(f'"{"refund " * 150}"', admin)


def test_names_in_conditions_are_mended(admin: User) -> None:
    team = factories.team(name="Returns")
    number = factories.number(label="Support Stockholm", team=team)
    policy = factories.policy({"otherwise_record": True, "route": factories.CONNECT}, name="Record everything")
    tagged = indexed("refund", number=number).recording
    RecordingTag.objects.create(recording=tagged, tag=Tag.objects.create(name="complaint"), author=admin)
    SpeakerName.objects.create(number=number, speaker_label="Speaker 1", name="Anna Berg", author=admin)
    indexed("refund", number=number)
    assert Policy.objects.get() == policy
    assert meant("refund tag:complain", admin) == ["refund tag:complaint"]
    assert meant("tag:complant refnud", admin) == ["tag:complaint refund"]
    assert meant("number:stokholm", admin) == ['number:"Support Stockholm"']
    assert meant("team:retruns", admin) == ["team:Returns"]
    assert meant("speaker:Bergg refund", admin) == ['speaker:"Anna Berg" refund']
    assert meant('speaker:"Speker 2"', admin) == ['speaker:"Speaker 2"']
    assert meant('speaker:"Speaker 7"', admin) == []
    assert advice("policy:recrod", admin).unknown == ["No policy is named “recrod”."]
    assert advice("tag:complaint -tag:nothing has:tag longer:1m", admin).unknown == []
    stranger = factories.user(teams=[factories.team()])
    for query in ("number:stokholm", "team:retruns", "speaker:Bergg", "refund tag:complain"):
        assert meant(query, stranger) == []


def test_any_word_that_was_said_can_be_looked_up() -> None:
    words = {"null", "default", "it", "don", "t", "über", "退款", "x" * 64}
    IndexedWord.objects.bulk_create(
        IndexedWord(word=word, backwards=word[::-1], language="", token=word) for word in words
    )
    IndexedWord.objects.create(word="it", backwards="ti", language="en", token="\ue004enit", transcripts=5)
    assert engine().known_words(words | {"nothing"}).keys() == words
    assert engine().known_words({"it"}) == {"it": Word("\ue004enit", 6)}
    assert engine().words_beginning("de", range(6, 8)) == {"default": Word("default", 1)}


def misspelt(word: str, chance: random.Random) -> str:
    """A word with one or two slips, by chance."""
    for _ in range(chance.randint(1, 2)):
        word = chance.choice(sorted(spelling.one_slip(word))) or word
    return word


def test_whatever_is_mistyped_only_leads_to_what_one_may_hear() -> None:
    chance = random.Random(11)
    words = ["refund", "refunds", "invoice", "policies", "card", "cards", "credit", "stolen", "policy"]
    numbers = [factories.number() for _ in range(3)]
    person = factories.user(teams=[numbers[0].team])
    heard: set[str] = set()
    for index in range(12):
        texts = [" ".join(chance.choices(words, k=3)) for _ in range(3)]
        indexed(*texts, number=numbers[index % 3])
        if index % 3 == 0:
            heard |= {word for text in texts for word in tokenize(text).words}
    offered = 0
    for query in queries(words, chance):
        for suggestion in advice(query, person).suggestions:
            offered += 1
            changed = {word for each in suggestion.fragments if each.found for word in tokenize(each.text).words}
            assert changed <= heard | {"or"}, query
            node = typed.read(suggestion.query, now=NOW, zone=person.zone).node
            assert node is not None
            assert find(node, user=person).hits, query
    assert offered > 20


def queries(words: list[str], chance: random.Random) -> Iterator[str]:
    """Queries of misspelt words."""
    for _ in range(60):
        one, other = (misspelt(chance.choice(words), chance) for _ in range(2))
        yield chance.choice([one, f"{one} {other}", f"{one} OR {other}", f'"{one} {other}"', f"{one} NEAR/4 {other}"])
