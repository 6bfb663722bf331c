"""The whole language finds on each database what plain Python finds, and nothing that is typed breaks it.

SEARCH_QUERIES sets how many queries are tried; 100,000 takes about half an hour. SEARCH_SEED draws others.
"""

import os
import random
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from recordings_site.accounts.models import User
from recordings_site.recordings import search
from recordings_site.recordings.models import IndexedRecording, RecordingJob
from recordings_site.recordings.search.engines import port, sql_engine
from recordings_site.recordings.search.engines.factory import engine
from recordings_site.recordings.search.engines.sql import Condition
from recordings_site.recordings.search.engines.sql_engine import SqlEngine
from recordings_site.recordings.search.hits import compiled, find
from recordings_site.recordings.search.language import query_tree
from recordings_site.recordings.search.language.parser import corrected, parse
from recordings_site.recordings.search.scope import scoped
from recordings_site.recordings.search.text.tokens import language_of
from tests import factories
from tests.recordings.search.reference import Reference, Spoken
from tests.scale import scaled

pytestmark = pytest.mark.django_db
QUERIES = int(os.environ.get("SEARCH_QUERIES", scaled(200, 100_000)))
SEED = int(os.environ.get("SEARCH_SEED", "1"))
SHOWN = 10  # of so many queries the hits of one are made whole, with lines and marks, which takes most of the time
NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
ZONE = ZoneInfo("UTC")
VOCABULARY = {
    "en-US": [
        "refund", "refunds", "refunded", "card", "the", "the", "the", "late", "fee", "fees", "policy", "e-mail",
        "don't", "2000", "2", "000", "070-123", "45", "67",
    ],
    "sv-SE": [
        "faktura", "fakturor", "återbetalning", "card", "refund", "0701234567", "är", "är", "sen", "avgift", "avgifter",
    ],
    "zh-CN": ["退款", "我要退款", "卡", "refund", "12", "我"],
}  # fmt: skip
SPEAKERS = ("Speaker 1", "Speaker 2", "Anna Berg", "")
ATOMS = [
    "refund", "refunds", "REFUND", "card", "the", "late", "fees", "policy", "email", "e-mail", "dont", "don't", "2000",
    "2 000", "2", "000", "0701234567", "070-123 45 67", "+46701234567", "1234567", "faktura", "fakturorna", "ar", "är",
    "återbetalning*", "refun*", "f*e", "fe*", "po*", "退款", "退", "退*", "要退", "卡", "12", "avgift*",
    "banana", "zz*", '"the late fee"', '"late fee"', '"the the"', '"e mail"', '"2 000"', '"我要退款"', '"card refund"',
    '"banana"', '"är sen"',
]  # fmt: skip
NEARS = ["refund", "card", "the", '"late fee"', '"the the"', "fe*", "2000", "e-mail", "är", '"the late"', "退款"]


@pytest.fixture
def corpus() -> Reference:
    """Forty recordings in three languages, in one second and over months, of two numbers."""
    chance = random.Random(7)
    numbers = [factories.number(), factories.number()]
    recordings: dict[object, list[Spoken]] = {}
    for index in range(40):
        locale = chance.choice(list(VOCABULARY))
        happened = factories.LONG_AGO + timedelta(days=chance.choice([0, 0, 1, 30, 90, 200]))
        recording = factories.recording(number=numbers[index % 2], happened_at=happened)
        lines = [
            (
                10.0 * position,
                chance.choice(SPEAKERS),
                " ".join(chance.choices(VOCABULARY[locale], k=chance.randint(1, 7))),
            )
            for position in range(chance.randint(0, 6))
        ]
        search.index(factories.transcript(recording, lines, locale=locale))
        recordings[recording.pk] = [Spoken(speaker, text, language_of(locale)) for _, speaker, text in lines]
    return Reference(recordings)


def query(chance: random.Random, depth: int = 0) -> str:
    """A query of the grammar, by chance."""
    kind = chance.random()
    if depth > 3 or kind < 0.35:
        return chance.choice(ATOMS)
    if kind < 0.5:
        return f"{chance.choice(NEARS)} NEAR/{chance.randint(1, 5)} {chance.choice(NEARS)}"
    if kind < 0.6:
        return f'speaker:"{chance.choice(["Speaker 1", "speaker 2", "anna", "Berg", "nobody"])}"'
    parts = [query(chance, depth + 1) for _ in range(chance.randint(2, 3))]
    joined = chance.choice([" ", " AND ", " OR "]).join(chance.choice(["", "", "NOT ", "-"]) + part for part in parts)
    return f"({joined})" if chance.random() < 0.7 else joined


def queries(seed: int, count: int) -> Iterator[tuple[str, query_tree.Node]]:
    """So many queries as they are understood, and their trees."""
    chance = random.Random(seed)
    for _ in range(count):
        text, _error = corrected(query(chance), now=NOW, zone=ZONE)
        if text:
            yield text, parse(text, now=NOW, zone=ZONE)


def by_id() -> dict[int, object]:
    """The recordings by their ids in the index."""
    return dict(IndexedRecording.objects.values_list("pk", "recording"))


def pages(
    node: query_tree.Node,
    user: User,
    recordings: dict[int, object],
    *,
    size: int = 100,
    each_page: Callable[[], object] = int,
) -> list[object]:
    """The recordings (by their ids in the index) that a query finds, page by page to its end."""
    wanted = scoped(compiled(node), user)
    found: list[object] = []
    before = None
    while True:
        each_page()
        page = engine().find(wanted, size=size, before=before)
        found += [recordings[pk] for pk in page.ids]
        before = page.older
        if before is None:
            return found


def test_both_databases_find_what_plain_python_finds(corpus: Reference) -> None:
    admin, recordings = factories.admin(), by_id()
    for index, (text, node) in enumerate(queries(SEED, QUERIES)):
        found = pages(node, admin, recordings)
        assert set(found) == corpus.find(node), text
        assert len(found) == len(set(found)), text
        if index % SHOWN == 0:
            assert [hit.recording.pk for hit in find(node, user=admin, size=100).hits] == found, text


def test_a_budget_of_candidates_only_divides_the_hits_into_pages(
    corpus: Reference, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(port, "BUDGET", 5)
    monkeypatch.setattr(sql_engine, "FIRST_CHUNK", 2)
    looked = [0]  # candidates of each page
    decided = SqlEngine.decided

    def counted(self: SqlEngine, rest: Condition, some: Sequence[int]) -> list[int]:
        looked[-1] += len(some)
        return decided(self, rest, some)

    monkeypatch.setattr(SqlEngine, "decided", counted)
    admin = factories.admin()
    recordings = by_id()
    order = list(RecordingJob.objects.order_by("-indexed__id").values_list("pk", flat=True))
    for text, node in queries(SEED + 2, QUERIES // 10):
        expected = corpus.find(node)
        found = pages(node, admin, recordings, size=3, each_page=lambda: looked.append(0))
        assert found == [pk for pk in order if pk in expected], text
    assert 0 < max(looked) <= 5


def test_no_query_finds_recordings_that_the_user_may_not_see(corpus: Reference) -> None:
    mine = RecordingJob.objects.first()
    assert mine is not None
    assert mine.number is not None
    person = factories.user(teams=[mine.number.team])
    seen = set(RecordingJob.objects.visible_to(person).values_list("pk", flat=True))
    assert 0 < len(seen) < 40
    recordings = by_id()
    for index, (text, node) in enumerate(queries(SEED + 4, QUERIES // 4)):
        found = pages(node, person, recordings)
        assert set(found) == corpus.find(node) & seen, text
        if index % SHOWN == 0:
            assert [hit.recording.pk for hit in find(node, user=person, size=100).hits] == found, text


def test_random_text_never_gives_an_error_page(corpus: Reference) -> None:
    browser = Client()
    browser.force_login(factories.admin())
    chance = random.Random(SEED + 10)
    pieces = [
        *ATOMS,
        *"()\"“*:-|&%_\\'\0\n\t🙂\u202e",
        "AND",
        "OR",
        "NOT",
        "NEAR/3",
        "tag:",
        "number:",
        "on:",
        "état:",
        "has:",
    ]
    for index in range(QUERIES // 6):
        if index % 3:
            text = chance.choice(["", " "]).join(chance.choices(pieces, k=chance.randint(1, 12)))
        else:
            text = "".join(chr(chance.randint(1, 0xD7FF)) for _ in range(chance.randint(1, 40)))
        answer = browser.get("/search/", {"q": text})
        assert answer.status_code == 200, text
