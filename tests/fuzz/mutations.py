"""Changes an input at random: bits, stretches, and the words, numbers and strings that a grammar is made of."""

import random
import re
from collections.abc import Callable, Sequence

LONGEST = 16 * 1024
# What breaks parsers: ends of ranges, other alphabets, signs without a partner, things nested.
NOISE = [
    b"", b" ", b"\0", b"\n", b"\r\n", b'"', b"'", b"(", b")", b"[", b"]", b"{", b"}", b",", b":", b"/", b"\\", b"-",
    b"*", b"%", b"null", b"true", b"{}", b"[]", b'""', b'"x"', b"NaN", b"1e999", b"-1", b"0", b"9" * 25, b"9" * 5000,
    b"\xff", b"\xff\xfe", b"\xff\xfb\x90\x64", b"\xed\xa0\x80", "ü".encode(), "٣".encode(), "\u202e".encode(),
    b"\\ud800", b"\\u0000", b"%00", b"%25%32%66", b"../", b"A" * 300, b"[" * 200, b"(" * 40, b'{"a":' * 60,
]  # fmt: skip
_TOKEN = re.compile(rb'"[^"\\]*"|\w+|[^\w\s]')

Change = Callable[[bytes, Sequence[bytes], random.Random], bytes]


def mutated(seeds: Sequence[bytes], rng: random.Random) -> bytes:
    """One of the seeds, changed in one to four places."""
    data = rng.choice(seeds)
    for _ in range(rng.choice((1, 1, 1, 2, 2, 3, 4))):
        data = rng.choice(CHANGES)(data, seeds, rng)
    return data[:LONGEST]


def _flip(data: bytes, seeds: Sequence[bytes], rng: random.Random) -> bytes:
    if not data:
        return data
    at = rng.randrange(len(data))
    return data[:at] + bytes([data[at] ^ 1 << rng.randrange(8)]) + data[at + 1 :]


def _overwrite(data: bytes, seeds: Sequence[bytes], rng: random.Random) -> bytes:
    at = rng.randrange(len(data) + 1)
    new = rng.randbytes(rng.choice((1, 2, 4)))
    return data[:at] + new + data[at + len(new) :]


def _insert(data: bytes, seeds: Sequence[bytes], rng: random.Random) -> bytes:
    at = rng.randrange(len(data) + 1)
    return data[:at] + rng.choice(NOISE) + data[at:]


def _remove(data: bytes, seeds: Sequence[bytes], rng: random.Random) -> bytes:
    start, stop = sorted((rng.randrange(len(data) + 1), rng.randrange(len(data) + 1)))
    return data[:start] + data[stop:]


def _repeat(data: bytes, seeds: Sequence[bytes], rng: random.Random) -> bytes:
    start, stop = sorted((rng.randrange(len(data) + 1), rng.randrange(len(data) + 1)))
    return data[:stop] + data[start:stop] * rng.choice((1, 2, 50)) + data[stop:]


def _cross(data: bytes, seeds: Sequence[bytes], rng: random.Random) -> bytes:
    other = rng.choice(seeds)
    return data[: rng.randrange(len(data) + 1)] + other[rng.randrange(len(other) + 1) :]


def _token(data: bytes, seeds: Sequence[bytes], rng: random.Random) -> bytes:
    """One token becomes noise, or a token of a seed."""
    found = list(_TOKEN.finditer(data))
    if not found:
        return data
    token = rng.choice(found)
    others = _TOKEN.findall(rng.choice(seeds)) or [b""]
    return data[: token.start()] + rng.choice((rng.choice(NOISE), rng.choice(others))) + data[token.end() :]


def _case(data: bytes, seeds: Sequence[bytes], rng: random.Random) -> bytes:
    """One token is written in the other case."""
    found = list(_TOKEN.finditer(data))
    if not found:
        return data
    token = rng.choice(found)
    return data[: token.start()] + token[0].swapcase() + data[token.end() :]


CHANGES: list[Change] = [_flip, _overwrite, _insert, _remove, _repeat, _cross, _token, _token, _token, _case]
