"""A corpus of calls for the benches: real English words as often as people say them, and the phrases of support calls.

The words and their frequencies are those of pyspellchecker's list, which was counted in film subtitles. The same seed
gives the same corpus, line by line, whatever it is loaded into.
"""

import gzip
import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib.resources import files
from itertools import accumulate

WORDS = 50_000
CALLS = 250_000  # at full size
LINES = 20  # of each call
NUMBERS = 500
DAYS = 730
END = datetime(2026, 11, 1, tzinfo=UTC)
PHRASES = (
    "thank you for calling", "how can I help you today", "I would like a refund", "my order has not arrived",
    "could you confirm your postcode", "please hold the line", "is there anything else", "the payment was declined",
    "I was charged twice for the same order", "your ticket number is", "let me check that for you",
    "the invoice is wrong", "I want to cancel my subscription", "we will send you a new one", "have a nice day",
)  # fmt: skip


@dataclass(frozen=True)
class SpokenCall:
    """One call: which of the numbers, when it began, and its lines."""

    number: int
    began: datetime
    lines: tuple[str, ...]


@cache
def vocabulary() -> tuple[list[str], list[int]]:
    """The commonest words, and their frequencies added up."""
    packed = files("spellchecker").joinpath("resources/en.json.gz").read_bytes()
    counted: dict[str, int] = json.loads(gzip.decompress(packed))
    words = sorted((word for word in counted if word.isascii() and word.isalpha()), key=lambda word: -counted[word])[
        :WORDS
    ]
    return words, list(accumulate(counted[word] for word in words))


def calls(size: float, seed: int = 1) -> Iterator[SpokenCall]:
    """The calls in the order of time; `size` 1 is 250,000 of them with 5,000,000 lines."""
    chance = random.Random(seed)
    words, weights = vocabulary()
    count = max(1, int(CALLS * size))
    for index in range(count):
        lines = []
        for _ in range(LINES):
            said = chance.choices(words, cum_weights=weights, k=chance.randint(4, 16))
            if chance.random() < 0.15:
                said.insert(chance.randint(0, len(said)), chance.choice(PHRASES))
            lines.append(" ".join(said))
        began = END - timedelta(days=DAYS * (1 - index / count), seconds=chance.random() * 60)
        # Some numbers get many more calls than others.
        yield SpokenCall(int(NUMBERS * chance.random() ** 2), began, tuple(lines))
