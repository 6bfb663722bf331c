"""Runs inside Django on one database: loads the corpus if need be, asks each class of query, prints rows as JSON."""

import json
import random
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path

import django

django.setup()

import tantivy  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.utils import timezone  # noqa: E402

from recordings_site.accounts.models import User  # noqa: E402
from recordings_site.recordings import search  # noqa: E402
from recordings_site.recordings.models import IndexedRecording, TranscriptLine  # noqa: E402
from recordings_site.recordings.search.engines.factory import engine  # noqa: E402
from recordings_site.recordings.search.engines.port import Walk  # noqa: E402
from recordings_site.recordings.search.engines.postgresql import quoted  # noqa: E402
from recordings_site.recordings.search.hits import compiled  # noqa: E402
from recordings_site.recordings.search.language import spelling  # noqa: E402
from recordings_site.recordings.search.language.parser import parse  # noqa: E402
from recordings_site.recordings.search.scope import scoped  # noqa: E402
from recordings_site.recordings.search.text.tokens import stem  # noqa: E402
from tests.bench import Row, corpus, percentile  # noqa: E402
from tests.bench.search_load import load, tantivy_index  # noqa: E402

QUERIES = 24  # of each class
NEWEST = 20
ICONTAINS = 3  # it reads every line
SCOPED = "scoped to 3 of 500 numbers, "


def main(database: str, size: float, folder: Path) -> None:
    """Everything, one row after the other."""
    load(size, folder)
    peer = Peer(tantivy_index(size, folder))
    plain_gin()
    admin, limited = User.objects.get(email="admin@example.com"), User.objects.get(email="scoped@example.com")
    key = key_lookup()
    say(f"{database}: a row by its primary key, p50", percentile(key, 50), "ms")
    say(f"{database}: a row by its primary key, p95", percentile(key, 95), "ms")
    everything: dict[str, list[float]] = {"ids": [], "whole": [], "page": [], "peer": []}
    of_class: dict[str, list[float]] = {}
    for name, queries in classes().items():
        person = limited if name.startswith(SCOPED) else admin
        times = measure(queries, person, peer)
        for kind, measured in times.items():
            everything[kind] += measured
        of_class[name] = times["ids"]
        report(f"{database}: {name}", times, key)
        if name == "common":
            beside(database, queries)
    for share in (50, 95):
        for name in ("mid", "common"):
            inside, floor = percentile(of_class[SCOPED + name], share), percentile(of_class[name], share)
            say(f"{database}: {SCOPED}{name}, p{share}", inside, "ms", floor, "ms for who sees all")
    report(f"{database}: all classes", everything, key)
    slowest = max(everything["ids"])
    say(f"{database}: slowest of all beside the 95th in 100", slowest, "ms", percentile(everything["ids"], 95), "ms")
    best_and_counts(database, admin, peer)
    misspelt(database, {"": admin, SCOPED: limited})


class Peer:
    """tantivy: the newest lines, or the best."""

    def __init__(self, index: tantivy.Index) -> None:
        self.index, self.searcher = index, index.searcher()

    def newest(self, query: str) -> int:
        """Ask for the newest lines."""
        parsed = self.index.parse_query(query, ["text"], conjunction_by_default=True)
        return len(self.searcher.search(parsed, NEWEST, count=False, order_by_field="id").hits)

    def best(self, query: str, *, count: bool = False) -> int:
        """Ask for the best lines, by BM25."""
        parsed = self.index.parse_query(query, ["text"], conjunction_by_default=True)
        return len(self.searcher.search(parsed, NEWEST, count=count).hits)


def classes() -> dict[str, list[tuple[str, str]]]:
    """The queries of each class, in our language and in tantivy's."""
    chance = random.Random(3)
    words, _ = corpus.vocabulary()
    rare = chance.sample(words[20_000:40_000], QUERIES)
    mid = chance.sample(words[1_500:4_000], QUERIES)
    common = chance.sample(words[10:120], QUERIES)
    other = chance.sample(words[10:120], QUERIES)

    def same(queries: list[str]) -> list[tuple[str, str]]:
        return [(each, each) for each in queries]

    stems = [word[:5] for word in chance.sample([each for each in words[500:3_000] if len(each) > 7], QUERIES)]
    start = (corpus.END - timedelta(days=corpus.DAYS // 2)).date()
    after = [(f"{word} after:{start} before:{start + timedelta(days=30)}", word) for word in mid]
    return {
        "rare": same(rare),
        "mid": same(mid),
        "common": same(common),
        "AND of common": same([f"{one} {two}" for one, two in zip(common, other, strict=True)]),
        "AND of common and rare": same([f"{one} {two}" for one, two in zip(common, rare, strict=True)]),
        "phrase": same([f'"{chance.choice(corpus.PHRASES)}"' for _ in range(QUERIES)]),
        "phrase of two common words": same([f'"{one} {two}"' for one, two in zip(common, other, strict=True)]),
        "prefix": [(f"{stem}*", f"{stem}*") for stem in stems],
        "nothing found": same([f"qx{word}" for word in rare]),
        f"{SCOPED}mid": same(mid),
        f"{SCOPED}common": same(common),
        "with date range": after,
    }


def found(node: search.Node, user: User) -> Walk:
    """The recordings alone: what tantivy gives, too."""
    return engine().find(scoped(compiled(node), user), size=NEWEST)


def ask(browser: Client, query: str) -> None:
    """The page of hits, as the server makes it."""
    answer = browser.get("/search/", {"q": query})
    assert answer.status_code == 200, answer.status_code


def measure(queries: Sequence[tuple[str, str]], user: User, peer: Peer) -> dict[str, list[float]]:
    """Milliseconds of each way, one after the other for each query, so that noise hits all alike."""
    browser = Client(SERVER_NAME="127.0.0.1")
    browser.force_login(user)
    times: dict[str, list[float]] = {"ids": [], "whole": [], "page": [], "peer": []}
    for ours, theirs in [*queries[:3], *queries]:
        node = parse(ours, now=timezone.now(), zone=user.zone)
        times["ids"].append(clocked(found, node, user))
        times["whole"].append(clocked(search.find, node, user=user))
        times["page"].append(clocked(ask, browser, ours))
        # tantivy's parser knows no beginnings of words.
        times["peer"].append(clocked(peer.newest, theirs.rstrip("*")))
    return {kind: measured[3:] for kind, measured in times.items()}


def report(name: str, times: dict[str, list[float]], key: list[float]) -> None:
    """The figures of a class beside the key lookup and beside tantivy."""
    for share in (50, 95):
        peer = percentile(times["peer"], share)
        say(f"{name}, found, p{share}", percentile(times["ids"], share), "ms", peer, "ms tantivy's newest 20")
        if share == 50:
            floor = percentile(key, 50)
            say(f"{name}, found, p50", percentile(times["ids"], 50), "ms", floor, "ms by primary key")
        say(f"{name}, with lines and marks, p{share}", percentile(times["whole"], share), "ms", peer, "ms tantivy's")
        say(f"{name}, HTTP page, p{share}", percentile(times["page"], share), "ms")


def beside(database: str, queries: Sequence[tuple[str, str]]) -> None:
    """The designs that were not taken, for common words and for nothing found."""
    if connection.vendor == "postgresql":
        sql = "SELECT id FROM bench_plain WHERE tokens @@ %s::tsquery ORDER BY id DESC LIMIT 20"
        with connection.cursor() as cursor:
            times = [clocked(cursor.execute, sql, [quoted(stem(word, "en"))]) for word, _ in queries]
        say(f"{database}: common, plain GIN over lines, p50", percentile(times, 50), "ms")
        say(f"{database}: common, plain GIN over lines, p95", percentile(times, 95), "ms")
    lines = TranscriptLine.objects.order_by("-id").filter(text__icontains="qxqxq")
    times = [clocked(list, lines.all()[:NEWEST]) for _ in range(ICONTAINS)]
    say(f"{database}: nothing found, icontains, p50", percentile(times, 50), "ms")


def best_and_counts(database: str, user: User, peer: Peer) -> None:
    """Best match and counts beside tantivy's."""
    words, _ = corpus.vocabulary()
    best, shown, best_peer, counts, counts_peer = [], [], [], [], []
    for word in random.Random(5).sample(words[30:2_000], QUERIES):
        node = parse(word, now=timezone.now(), zone=user.zone)
        best.append(clocked(lambda node: engine().best(scoped(compiled(node), user), most=NEWEST + 1), node))
        shown.append(clocked(search.best, node, user=user))
        best_peer.append(clocked(peer.best, word))
        counts.append(clocked(search.count, node, user=user))
        counts_peer.append(clocked(peer.best, word, count=True))
    for share in (50, 95):
        floor = percentile(best_peer, share)
        say(f"{database}: best match, ordered, p{share}", percentile(best, share), "ms", floor, "ms tantivy's BM25")
        say(
            f"{database}: best match, with lines and marks, p{share}",
            percentile(shown, share),
            "ms",
            floor,
            "ms tantivy's",
        )
        floor = percentile(counts_peer, share)
        say(f"{database}: count up to 1,000, p{share}", percentile(counts, share), "ms", floor, "ms tantivy's count")


def misspelt(database: str, people: dict[str, User]) -> None:
    """What is offered for words with a slip, beside finding nothing."""
    chance = random.Random(6)
    words = [word for word in corpus.vocabulary()[0][300:8_000] if len(word) > 4]
    typed = [chance.choice(sorted(filter(str.isascii, spelling.one_slip(word)))) for word in chance.sample(words, 100)]
    for whose, user in people.items():
        nodes = [(word, parse(word, now=timezone.now(), zone=user.zone)) for word in typed]
        unsaid = [(word, node) for word, node in nodes if not found(node, user).ids]
        nothing = [clocked(search.find, node, user=user) for _, node in unsaid]
        advice = [clocked(search.suggest, word, node, user=user, found=False) for word, node in unsaid]
        for share in (50, 95):
            floor = percentile(nothing, share)
            say(
                f"{database}: {whose}did you mean, p{share}",
                percentile(advice, share),
                "ms",
                floor,
                "ms to find nothing",
            )


def plain_gin() -> None:
    """The plain design beside ours: one GIN index over the lines' tokens."""
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('bench_plain')")
        if cursor.fetchone()[0] is None:
            cursor.execute("CREATE TABLE bench_plain AS SELECT id, tokens FROM recordings_search_line")
            cursor.execute("ALTER TABLE bench_plain ADD PRIMARY KEY (id)")
            cursor.execute("CREATE INDEX bench_plain_tokens ON bench_plain USING gin (tokens)")
            cursor.execute("ANALYZE bench_plain")


def key_lookup() -> list[float]:
    """Milliseconds of one object by its primary key, as any page of Django's gets one."""
    keys = list(IndexedRecording.objects.values_list("pk", flat=True)[:2000])
    chance = random.Random(4)
    times = [clocked(IndexedRecording.objects.get, pk=chance.choice(keys)) for _ in range(300)]
    return times[50:]


def clocked(work: Callable[..., object], *given: object, **named: object) -> float:
    """How many milliseconds it takes."""
    began = time.perf_counter()
    work(*given, **named)
    return (time.perf_counter() - began) * 1000


def say(what: str, figure: float, unit: str, floor: float | None = None, floor_is: str = "") -> None:
    """Print one row."""
    print(json.dumps(asdict(Row(what, figure, unit, floor, floor_is))), flush=True)


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]), Path(sys.argv[3]))
