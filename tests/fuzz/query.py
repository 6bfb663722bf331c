"""Fuzzes what people type into the search box: only QueryError leaves, with its place, and a correction can be read."""

from collections.abc import Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from recordings_site.recordings.search.language import parser, typed
from recordings_site.recordings.search.language.compiler import compile_query
from recordings_site.recordings.search.language.lexer import QueryError

_NOW = datetime(2026, 6, 3, 12, tzinfo=UTC)
_ZONE = ZoneInfo("Europe/Stockholm")
SEEDS = [
    each.encode()
    for each in (
        "refund card", 'a -"late refun*" (b OR NOT c)', "refund NEAR/5 card", 'speaker:"Speaker 2" refund',
        "0083 +46 70 123 45 67", "since:march until:2024-03-05 on:march..may", "on:last week longer:1h30m shorter:2:05",
        "tag:vip policy:a version:v3 state:Not-Recorded has:comments heard:no", "number:0701 caller:+46 team:sales",
        "*nummer *numm* e-mai*", "“late refund” （refund　OR　card） tag：vip", "https://example.com 12:30 C9012",
        "anna dot berg at example", "\u202a0701234567\u202c re\u00adfund", "東京 電話* สวัสดี", "((((a)))) | b && c || d",
        "twenty forty-five", 'ag:vip "never closed', "NOT NOT -a AND", "destination:x locale:sv-SE direction:in",
    )
]  # fmt: skip


def check(data: bytes) -> None:
    """Parse, correct and compile a query."""
    text = data.decode("utf-8", "replace")
    try:
        node = parser.parse(text, now=_NOW, zone=_ZONE)
    except QueryError as error:
        assert error.sentence
        assert 0 <= error.start <= error.end <= max(len(text), parser.LONGEST_QUERY)
    else:
        compiled = compile_query(node, languages=("en", "sv", "ja", ""), expand=_expand)
        assert hash(compiled) == hash(compiled)
    read = typed.read(text, now=_NOW, zone=_ZONE)
    assert bool(read.node) == bool(read.meant)
    assert "".join(read.cut) == read.text
    if read.meant:
        assert parser.corrected(read.meant, now=_NOW, zone=_ZONE) == (read.meant, None)
        for condition in read.conditions:
            assert condition.text in read.meant
            assert len(condition.without) <= len(read.meant)


def _expand(pattern: str, most: int) -> Sequence[str]:
    assert 0 < most <= 100
    return [pattern.replace("*", "x"), pattern.replace("*", "")][:most]


def plant(patch: pytest.MonkeyPatch) -> None:
    """Brackets are followed as deep as they go."""
    patch.setattr(parser, "DEEPEST", 10**9)
