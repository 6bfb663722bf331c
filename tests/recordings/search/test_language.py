"""The query language: what is understood, and what is said about what is not."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recordings_site.recordings.search.language.lexer import FIELDS, QueryError
from recordings_site.recordings.search.language.parser import LONGEST_QUERY, corrected, parse
from recordings_site.recordings.search.language.query_tree import (
    And,
    Between,
    Field,
    Near,
    Node,
    Not,
    Or,
    Phrase,
    Speaker,
    Word,
)

NOW = datetime(2026, 6, 3, 12, tzinfo=UTC)  # a Wednesday
ZONE = ZoneInfo("Europe/Stockholm")


def read(text: str) -> Node:
    return parse(text, now=NOW, zone=ZONE)


def day(month: int, number: int) -> datetime:
    return datetime(2026, month, number, tzinfo=ZONE)


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("refund", Word("refund")),
        ("refun*", Word("refun*", starred=True)),
        ("*nummer", Word("*nummer", starred=True)),
        ("*numm*", Word("*numm*", starred=True)),
        ("e-mai*", Word("e-mai*", starred=True)),
        ('"late refun*"', Phrase("late refun*")),
        ("\u202a0701234567\u202c", Word("0701234567")),
        ("re\u00adfund", Word("refund")),
        ("（refund　OR　card）", Or((Word("refund"), Word("card")))),
        ("tag：vip", Field("tag", "vip")),
        ('"late refund"', Phrase("late refund")),
        ("“late refund”", Phrase("late refund")),
        ("a b", And((Word("a"), Word("b")))),
        ("a AND b OR c", Or((And((Word("a"), Word("b"))), Word("c")))),
        ("a (b OR c)", And((Word("a"), Or((Word("b"), Word("c")))))),
        ("a -b", And((Word("a"), Not(Word("b"))))),
        ('a -"b c"', And((Word("a"), Not(Phrase("b c"))))),
        ("NOT (a OR b)", Not(Or((Word("a"), Word("b"))))),
        ("a NEAR/5 b", Near(Word("a"), Word("b"), 5)),
        ("a NEAR b", Near(Word("a"), Word("b"), 10)),
        ('speaker:"Speaker 2" a', And((Speaker("Speaker 2"), Word("a")))),
        ("tag:vip", Field("tag", "vip")),
        ("state:Not-Recorded", Field("state", "not_recorded")),
        ("has:comments", Field("has", "comment")),
        ("longer:1h30m", Field("longer", 5400.0)),
        ("shorter:2:05", Field("shorter", 125.0)),
        ("and or not", And((Word("and"), Word("or"), Word("not")))),
        ("12:30", Word("12:30")),
        ("https://example.com", Word("https://example.com")),
        ("a !!! b", And((Word("a"), Word("b")))),
        ("on:2026-03-05", Between(day(3, 5), day(3, 6))),
        ("on:2026/3/5", Between(day(3, 5), day(3, 6))),
        ("on:5.3.2026", Between(day(3, 5), day(3, 6))),
        ("on:today", Between(day(6, 3), day(6, 4))),
        ('on:"last week"', Between(day(5, 25), day(6, 1))),
        ("after:march", Between(day(3, 1), None)),
        ("since:march", Between(day(3, 1), None)),
        ("before:2026-03", Between(None, day(3, 1))),
        ("until:2026-03", Between(None, day(4, 1))),
        ("version:v3", Field("version", 3)),
        ("heard:no", Field("heard", "no")),
        ("on:monday", Between(day(6, 1), day(6, 2))),
        ('after:"3 days ago"', Between(day(5, 31), None)),
        ("on:last-month", Between(day(5, 1), day(6, 1))),
        ('on:"5 march"', Between(day(3, 5), day(3, 6))),
        ("on:5march", Between(day(3, 5), day(3, 6))),
        ("on:5th march", Between(day(3, 5), day(3, 6))),
        ("on:march 5th, 2026", Between(day(3, 5), day(3, 6))),
        ("on:25/3/2026", Between(day(3, 25), day(3, 26))),
        ("on:3/25/2026", Between(day(3, 25), day(3, 26))),
        ("on:3/3/2026", Between(day(3, 3), day(3, 4))),
        ("on:2026-03-05..2026-03-10", Between(day(3, 5), day(3, 11))),
        ("on:march..april", Between(day(3, 1), day(5, 1))),
        ("on:april..march", Between(day(3, 1), day(5, 1))),
        # What belongs to a date, a length, a phone number needs no quotation marks.
        ("on:last week refund", And((Between(day(5, 25), day(6, 1)), Word("refund")))),
        ("after:two weeks ago refund", And((Between(day(5, 20), None), Word("refund")))),
        ("on:march refund", And((Between(day(3, 1), day(4, 1)), Word("refund")))),
        ('on:"march" 2026', And((Between(day(3, 1), day(4, 1)), Word("2026")))),
        ("longer:5 minutes refund", And((Field("longer", 300.0), Word("refund")))),
        ("longer:1 hour", Field("longer", 3600.0)),
        ("longer:5 30", And((Field("longer", 5.0), Word("30")))),
        ("caller:+46 70 123 45 67 refund", And((Field("caller", "+46 70 123 45 67"), Word("refund")))),
        ("number:+46201234567 2000", And((Field("number", "+46201234567"), Word("2000")))),
        ("caller:070 (refund)", And((Field("caller", "070"), Word("refund")))),
    ],
)
def test_a_query_is_read_as_meant(text: str, tree: Node) -> None:
    assert read(text) == tree


@pytest.mark.parametrize(
    ("text", "place", "suggestion", "says"),
    [
        ('refund "late', (7, 8), 'refund "late"', "never closed"),
        ("(refund", (0, 1), "(refund)", "never closed"),
        ("refund)", (6, 7), "refund", "no opening parenthesis"),
        ("refund AND", (7, 10), "refund", "after it"),
        ("OR refund", (0, 2), "refund", "before it"),
        ("refund NOT", (7, 10), "refund", "after it"),
        ("numbr:+46", (0, 5), "number:+46", "Did you mean"),
        ("state:availble", (0, 14), "state:available", "Unknown state “availble”. Use expected,"),
        ("on:someday", (0, 10), "on:today", "isn’t a valid date"),
        ("on:2026-02-30", (0, 13), "on:today", "isn’t a valid date"),
        ("longer:five", (0, 11), "longer:5m", "Enter a length"),
        ("refund on:someday", (7, 17), "refund", "isn’t a valid date"),
        ("duration:5m", (0, 8), "longer:5m", "Did you mean"),
        ("colour:red", (0, 10), '"colour:red"', "Unknown field “colour”. Use speaker, number, direction,"),
        ("färg: red", (0, 5), "färg red", "Unknown field “färg”"),
        ("version:0", (0, 9), "version:1", "such as 3"),
        ("tag: vip", (0, 5), "tag:vip", "needs a value"),
        ("vip tag:", (4, 8), "vip", "needs a value"),
        ("a NEAR/500 b", (2, 10), "a NEAR/30 b", "1 to 30"),
        ("(a b) NEAR/5 c", (0, 12), "(a b) AND c", "Put NEAR between"),
        ("r*", (0, 2), "r", "letters before the star"),
        ("a ref*nd b", (2, 8), "a ref* b", "at the start or end of a word"),
        ("*nd", (0, 3), "nd", "3 letters after the star"),
        ('"a r* b"', (3, 5), '"a r b"', "letters before the star"),
        ('"late * refund"', (6, 7), '"late refund"', "right before or after letters"),
        ('"late ref*nd"', (6, 12), '"late ref*"', "at the start or end of a word"),
        ("has:notes", (0, 9), "has:comment", ". Use "),
        ("has:nothing", (0, 11), "has:transcript", ". Use "),
        ("refund has:xyz", (7, 14), "refund", ". Use "),
        ("on:5/3/2026", (0, 11), "on:today", "Try 2026-05-03 or 2026-03-05."),
        ("on:5/0/2026", (0, 11), "on:today", "isn’t a valid date"),
        ("a () b", (2, 4), "a b", "nothing between"),
        ("", (0, 0), "", "Type a word"),
        ("!!!", (0, 3), "", "at least one letter or digit"),
    ],
)
def test_an_error_names_the_place_and_offers_a_correction(
    text: str, place: tuple[int, int], suggestion: str, says: str
) -> None:
    with pytest.raises(QueryError) as raised:
        read(text)
    assert (raised.value.start, raised.value.end) == place
    assert raised.value.suggestion == suggestion
    assert says in raised.value.sentence


def test_corrections_lead_to_a_query_that_can_be_read() -> None:
    text, error = corrected('(refund AND "late numbr:', now=NOW, zone=ZONE)
    assert error is not None
    assert read(text)
    assert corrected("refund", now=NOW, zone=ZONE) == ("refund", None)
    assert corrected("???", now=NOW, zone=ZONE)[0] == ""


_PIECES = st.sampled_from(
    [
        "refund", "late", "refun*", '"', '"late fee"', "(", ")", "AND", "OR", "NOT", "-", "NEAR/3", "NEAR/", "near/99",
        "*", ":", "''", "\\", "%", "\0", "ß", "退款", "ไทย", "🙂", "\u202e", "+46 70", "070-123", "12:30", "|", "&&",
        *(f"{name}:" for name in FIELDS), "on:yesterday", "longer:5m", "state:late", "foo:bar", "before:march",
    ]
)  # fmt: skip
QUERIES = st.one_of(
    st.lists(_PIECES, max_size=14).map(" ".join), st.lists(_PIECES, max_size=14).map("".join), st.text(max_size=80)
)


@settings(max_examples=2000, deadline=None)
@given(QUERIES)
def test_whatever_is_typed_gives_a_tree_or_a_sentence(text: str) -> None:
    fixed, error = corrected(text, now=NOW, zone=ZONE)
    if error is not None:
        assert 0 <= error.start <= error.end <= len(text)
        assert error.sentence.endswith((".", "?"))
    if fixed:
        read(fixed)


def test_very_long_and_very_deep_queries_are_refused_politely() -> None:
    for text in (
        "a" * (LONGEST_QUERY + 1),
        "(" * 500 + "a" + ")" * 500,
        "a " * 200,
        "-" * 300 + "a",
        "NOT " * 300 + "a",
    ):
        with pytest.raises(QueryError):
            read(text)
