"""Parses the query language to one tree; whatever is typed gives a tree or a sentence with the place and a remedy."""

import difflib
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from recordings_site.recordings.search.dates import seconds_of, span_of
from recordings_site.recordings.search.tokens import tokenize
from recordings_site.recordings.search.tree import And, Between, Field, Near, Node, Not, Or, Phrase, Speaker, Word

LONGEST_QUERY = 2000  # characters
MOST_TERMS = 60
DEEPEST = 20  # nested parentheses and NOTs
FARTHEST = 30  # words of NEAR
SHORTEST_PREFIX = 2  # letters before a star

STATES = ("expected", "not_recorded", "recording", "finished", "available", "deleted", "late", "missing")
DIRECTIONS = ("inbound", "outbound", "callout", "unknown")
HAS = ("transcript", "comment", "correction", "audio", "tag")
DATES = ("before", "after", "on")
LENGTHS = ("longer", "shorter")
FIELDS = (
    "speaker", "number", "caller", "team", "tag", "policy", "destination", "locale", "direction", "state", "has",
    *DATES, *LENGTHS,
)  # fmt: skip
# What people type for them.
_MEANT = {
    "duration": "longer", "length": "longer", "date": "on", "day": "on", "since": "after", "until": "before",
    "by": "speaker", "said": "speaker", "phone": "caller", "language": "locale", "status": "state",
}  # fmt: skip
_CHOICES = {"state": STATES, "direction": DIRECTIONS, "has": HAS}
_QUOTES = '"“”„«»＂'
_TOKEN = re.compile(
    rf"(?P<space>\s+)|(?P<open>\()|(?P<close>\))|(?P<quote>[{_QUOTES}])|(?P<word>[^\s(){_QUOTES}]+)", re.DOTALL
)
_FIELD = re.compile(r"([A-Za-z]+):(?!//)(.*)", re.DOTALL)
_NEAR = re.compile(r"NEAR(?:/(\d{0,6}))?|near/(\d{0,6})")


class QueryError(Exception):
    """What is wrong with a query: a sentence, the place in it (characters) and the query as it may have been meant."""

    def __init__(self, sentence: str, start: int, end: int, suggestion: str = "") -> None:
        super().__init__(sentence)
        self.sentence, self.start, self.end, self.suggestion = sentence, start, end, suggestion


@dataclass(frozen=True, slots=True)
class _Piece:
    """One piece of the typed text: ( ) " AND OR NOT NEAR word phrase field."""

    kind: str
    text: str
    start: int
    end: int
    value: str = ""


def parse(text: str, *, now: datetime, zone: ZoneInfo) -> Node:
    """The tree of a typed query; dates are read in `zone` relative to `now`.

    Raises QueryError, also when nothing is left to search for.
    """
    if len(text) > LONGEST_QUERY:
        raise QueryError(
            f"This query has {len(text):,} characters; {LONGEST_QUERY:,} is the most.", LONGEST_QUERY, len(text),
            text[:LONGEST_QUERY].rsplit(maxsplit=1)[0],
        )  # fmt: skip
    return _Parser(text.replace("\0", " "), now, zone).whole()


def corrected(text: str, *, now: datetime, zone: ZoneInfo) -> tuple[str, QueryError | None]:
    """The query after its suggested corrections, and the first error (None when there was nothing to correct).

    When no correction leads to a query that parses, the text comes back empty.
    """
    first: QueryError | None = None
    for _ in range(8):
        try:
            parse(text, now=now, zone=zone)
        except QueryError as error:
            first = first or error
            if not error.suggestion.strip() or error.suggestion == text:
                return "", first
            text = error.suggestion
        else:
            return text, first
    return "", first


class _Parser:
    """Recursive descent over pieces: or > and > not > near > primary."""

    def __init__(self, text: str, now: datetime, zone: ZoneInfo) -> None:
        self.text, self.now, self.zone = text, now, zone
        self.pieces = list(self._pieces())
        self.at = 0
        self.terms = 0
        self.depth = 0

    def _fail(self, sentence: str, start: int, end: int, replacement: str | None = None) -> QueryError:
        suggestion = "" if replacement is None else f"{self.text[:start]}{replacement}{self.text[end:]}".strip()
        return QueryError(sentence, start, end, re.sub(r"\s+", " ", suggestion))

    # --- Pieces ---------------------------------------------------------------------------------------------------
    def _pieces(self) -> "list[_Piece]":
        pieces: list[_Piece] = []
        at = 0
        while found := _TOKEN.match(self.text, at):
            at = found.end()
            match found.lastgroup:
                case "open" | "close":
                    pieces.append(_Piece(found[0], found[0], found.start(), at))
                case "quote":
                    phrase, at = self._quoted(found.start())
                    pieces.append(_Piece("phrase", phrase, found.start(), at))
                case "word":
                    at = self._word(pieces, found[0], found.start())
        return pieces

    def _quoted(self, start: int) -> tuple[str, int]:
        """The text between the quote at `start` and the next, and the place after it."""
        closing = re.compile(f"[{_QUOTES}]").search(self.text, start + 1)
        if not closing:
            rest = self.text[start + 1 :]
            raise QueryError(
                "This quotation mark is never closed.", start, start + 1, f'{self.text[:start]}"{rest.strip()}"'
            )
        return self.text[start + 1 : closing.start()], closing.end()

    def _word(self, pieces: list[_Piece], word: str, start: int) -> int:
        """Append the pieces of a run without blanks; gives the place after it (a field takes what is quoted)."""
        while word.startswith("-") and len(word) > 1:
            if word[1].isdigit() and pieces and pieces[-1].end == start:
                break
            pieces.append(_Piece("NOT", "-", start, start + 1))
            word, start = word[1:], start + 1
        end = start + len(word)
        if word == "-" and end < len(self.text) and self.text[end] in _QUOTES + "(":
            pieces.append(_Piece("NOT", "-", start, end))
        elif word in ("AND", "OR", "NOT", "|", "&", "&&", "||"):
            kind = {"|": "OR", "||": "OR", "&": "AND", "&&": "AND"}.get(word, word)
            pieces.append(_Piece(kind, word, start, end))
        elif near := _NEAR.fullmatch(word):
            pieces.append(_Piece("NEAR", word, start, end, near[1] or near[2] or "10"))
        elif (field := _FIELD.fullmatch(word)) and self._is_field(field, start):
            name, value = field[1].lower(), field[2]
            if not value and end < len(self.text) and self.text[end] in _QUOTES:
                value, end = self._quoted(end)
            pieces.append(_Piece("field", name, start, end, value))
        else:
            pieces.append(_Piece("word", word, start, end))
        return end

    def _is_field(self, field: "re.Match[str]", start: int) -> bool:
        name = field[1].lower()
        if name in FIELDS:
            return True
        meant = _MEANT.get(name) or next(iter(difflib.get_close_matches(name, FIELDS, 1, 0.7)), "")
        if meant:
            raise self._fail(f"There is no “{field[1]}:”. Did you mean “{meant}:”?", start, start + len(name), meant)
        return False

    # --- Grammar --------------------------------------------------------------------------------------------------
    def whole(self) -> Node:
        if not self.pieces:
            raise QueryError("Type a word to search for.", 0, len(self.text))
        node = self._or()
        if self.at < len(self.pieces):
            extra = self.pieces[self.at]
            raise self._fail("This bracket closes nothing.", extra.start, extra.end, " ")
        if node is None:
            raise QueryError("There is no letter or digit to search for.", 0, len(self.text))
        return node

    def _peek(self) -> str:
        return self.pieces[self.at].kind if self.at < len(self.pieces) else "end"

    def _or(self) -> Node | None:
        parts = [self._and()]
        while self._peek() == "OR":
            self._needs_both("OR")
            parts.append(self._and())
        kept = [part for part in parts if part is not None]
        return Or(tuple(kept)) if len(kept) > 1 else kept[0] if kept else None

    def _and(self) -> Node | None:
        parts = [self._not()]
        while self._peek() not in ("end", "OR", ")"):
            if self._peek() == "AND":
                self._needs_both("AND")
            parts.append(self._not())
        kept = [part for part in parts if part is not None]
        return And(tuple(kept)) if len(kept) > 1 else kept[0] if kept else None

    def _needs_both(self, word: str) -> None:
        """Step over AND, OR or NEAR; raises when nothing stands behind it."""
        piece = self.pieces[self.at]
        self.at += 1
        if self._peek() in ("end", ")", "AND", "OR", "NEAR"):
            raise self._fail(f"{word} needs something to search for behind it.", piece.start, piece.end, " ")

    def _not(self) -> Node | None:
        if self._peek() != "NOT":
            return self._near()
        piece = self.pieces[self.at]
        self.at += 1
        if self._peek() in ("end", ")", "AND", "OR", "NEAR"):
            raise self._fail("NOT needs something to exclude behind it.", piece.start, piece.end, " ")
        part = self._deeper(piece, self._not)
        return None if part is None else Not(part)

    def _deeper(self, piece: _Piece, rule: Callable[[], Node | None]) -> Node | None:
        self.depth += 1
        if self.depth > DEEPEST:
            raise self._fail(f"Brackets and NOTs are nested deeper than {DEEPEST}.", piece.start, piece.end, " ")
        node = rule()
        self.depth -= 1
        return node

    def _near(self) -> Node | None:
        first = self.pieces[self.at] if self.at < len(self.pieces) else None
        left = self._primary()
        while self._peek() == "NEAR":
            piece = self.pieces[self.at]
            distance = int(piece.value)
            self._needs_both(piece.text)
            right = self._primary()
            if not isinstance(left, Word | Phrase) or not isinstance(right, Word | Phrase):
                start = first.start if first and not isinstance(left, Word | Phrase) else piece.start
                raise self._fail(
                    "NEAR stands between two words or phrases, as in refund NEAR/5 card.", start, piece.end,
                    self.text[start : piece.start] + "AND",
                )  # fmt: skip
            if not 1 <= distance <= FARTHEST:
                nearest = f"NEAR/{min(max(distance, 1), FARTHEST)}"
                raise self._fail(f"NEAR takes 1 to {FARTHEST} words.", piece.start, piece.end, nearest)
            left = Near(left, right, distance)
        return left

    def _primary(self) -> Node | None:
        piece = self.pieces[self.at] if self.at < len(self.pieces) else _Piece("end", "", 0, len(self.text))
        self.at += 1
        match piece.kind:
            case "(":
                return self._bracket(piece)
            case "phrase":
                self._count(piece)
                place = (piece.start, piece.end)
                return Phrase(piece.text, place=place) if tokenize(piece.text).sequence else None
            case "word":
                self._count(piece)
                return self._plain(piece)
            case "field":
                self._count(piece)
                return self._field(piece)
            case ")":
                raise self._fail("This bracket closes nothing.", piece.start, piece.end, " ")
            case kind:
                raise self._fail(f"{kind} needs something to search for before it.", piece.start, piece.end, " ")

    def _count(self, piece: _Piece) -> None:
        self.terms += 1
        if self.terms > MOST_TERMS:
            raise QueryError(
                f"A query takes {MOST_TERMS} words and conditions at most.", piece.start, len(self.text),
                self.text[: piece.start].strip(),
            )  # fmt: skip

    def _bracket(self, opening: _Piece) -> Node | None:
        if self._peek() == ")":
            empty = self.pieces[self.at]
            raise self._fail("There is nothing between these brackets.", opening.start, empty.end, " ")
        node = self._deeper(opening, self._or)
        if self._peek() != ")":
            raise QueryError("This bracket is never closed.", opening.start, opening.end, f"{self.text.strip()})")
        self.at += 1
        return node

    def _plain(self, piece: _Piece) -> Node | None:
        prefix = piece.text.endswith("*")
        words = tokenize(piece.text)
        if not words.sequence:
            return None
        if prefix and len(words.sequence) == 1:
            shortest = SHORTEST_PREFIX if words.words[0].isascii() else 1
            if len(words.words[0]) < shortest:
                raise self._fail(
                    f"Put at least {SHORTEST_PREFIX} letters before the star.", piece.start, piece.end,
                    piece.text.rstrip("*"),
                )  # fmt: skip
            return Word(piece.text, prefix=True, place=(piece.start, piece.end))
        return Word(piece.text, place=(piece.start, piece.end))

    # --- Fields ---------------------------------------------------------------------------------------------------
    def _field(self, piece: _Piece) -> Node | None:
        name, value = piece.text, piece.value.strip()
        place = (piece.start, piece.end)
        if not value:
            behind = self._peek() in ("word", "phrase") and self.text[piece.end : piece.end + 1].isspace()
            end = self.pieces[self.at].start if behind else piece.end
            sentence = f"“{name}:” needs a value behind the colon, without a blank."
            raise self._fail(sentence, piece.start, end, f"{name}:" if behind else " ")
        if name in DATES:
            return self._date(name, value, place)
        if name in LENGTHS:
            seconds = seconds_of(value)
            if seconds is None:
                raise self._fail("Write a length as 90, 5m, 1h30m or 2:05.", *place, f"{name}:5m")
            return Field(name, str(seconds), place=place)
        if name in _CHOICES:
            return Field(name, self._choice(name, value, place), place=place)
        if not tokenize(value).sequence:
            raise self._fail(f"“{name}:” needs a letter or digit.", *place, " ")
        return Speaker(value, place=place) if name == "speaker" else Field(name, value, place=place)

    def _choice(self, name: str, value: str, place: tuple[int, int]) -> str:
        wanted = re.sub(r"[\s-]+", "_", value.lower())
        choices = _CHOICES[name]
        if wanted in choices:
            return wanted
        if wanted.removesuffix("s") in choices:
            return wanted.removesuffix("s")
        meant = (difflib.get_close_matches(wanted, choices, 1, 0.5) or choices)[0]
        raise self._fail(f"“{name}:” takes {', '.join(choices[:-1])} or {choices[-1]}.", *place, f"{name}:{meant}")

    def _date(self, name: str, value: str, place: tuple[int, int]) -> Node:
        span = span_of(value, now=self.now, zone=self.zone)
        if span is None:
            sentence = (
                f"“{value}” is no date. Write 2024-03-05, 2024-03, march, yesterday, "
                f'{name}:"last week" or {name}:"3 days ago".'
            )
            # The rest is searched without it; a date that nobody meant would only hide what is found.
            raise self._fail(sentence, *place, " " if len(self.pieces) > 1 else f"{name}:today")
        first, after = span
        match name:
            case "before":
                return Between(None, first, place=place)
            case "after":
                # From its first day on: people who write "after:2024-03-05" expect that day among the hits.
                return Between(first, None, place=place)
            case _:
                return Between(first, after, place=place)
