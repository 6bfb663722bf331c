"""Parses the query language to one tree; whatever is typed gives a tree or a sentence with the place and a remedy."""

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

from recordings_site.base.formatting import grouped
from recordings_site.recordings.criteria.criterion import Criterion, Reading, Span, Unreadable, Value
from recordings_site.recordings.criteria.registry import SEARCHED
from recordings_site.recordings.search.pieces import QUOTES, SPEAKER, Piece, QueryError, cut, failure
from recordings_site.recordings.search.tokens import tokenize
from recordings_site.recordings.search.tree import And, Between, Field, Near, Node, Not, Or, Phrase, Speaker, Word

LONGEST_QUERY = 2000  # characters
MOST_TERMS = 60
DEEPEST = 20  # nested parentheses and NOTs
FARTHEST = 30  # words of NEAR
SHORTEST_PREFIX = 2  # letters before a star
LONGEST_VALUE = 6  # words that belong to one condition without quotation marks: after:3 weeks ago


def parse(text: str, *, now: datetime, zone: ZoneInfo) -> Node:
    """The tree of a typed query; dates are read in `zone` relative to `now`.

    Raises QueryError, also when nothing is left to search for.
    """
    if len(text) > LONGEST_QUERY:
        raise QueryError(
            f"This query has {grouped(len(text))} characters; {grouped(LONGEST_QUERY)} is the most.",
            LONGEST_QUERY, len(text),
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
        self.text, self.reading = text, Reading(now, zone)
        self.pieces = cut(text)
        self.at = 0
        self.terms = 0
        self.depth = 0

    def _fail(self, sentence: str, start: int, end: int, replacement: str | None = None) -> QueryError:
        return failure(self.text, sentence, start, end, replacement)

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

    def _deeper(self, piece: Piece, rule: Callable[[], Node | None]) -> Node | None:
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
        piece = self.pieces[self.at] if self.at < len(self.pieces) else Piece("end", "", 0, len(self.text))
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

    def _count(self, piece: Piece) -> None:
        self.terms += 1
        if self.terms > MOST_TERMS:
            raise QueryError(
                f"A query takes {MOST_TERMS} words and conditions at most.", piece.start, len(self.text),
                self.text[: piece.start].strip(),
            )  # fmt: skip

    def _bracket(self, opening: Piece) -> Node | None:
        if self._peek() == ")":
            empty = self.pieces[self.at]
            raise self._fail("There is nothing between these brackets.", opening.start, empty.end, " ")
        node = self._deeper(opening, self._or)
        if self._peek() != ")":
            raise QueryError("This bracket is never closed.", opening.start, opening.end, f"{self.text.strip()})")
        self.at += 1
        return node

    def _plain(self, piece: Piece) -> Node | None:
        prefix = piece.text.endswith("*")
        words = tokenize(piece.text)
        if not words.sequence:
            return None
        if (before := piece.text.rstrip("*").partition("*")) and before[1]:
            kept = f"{before[0]}*" if len(before[0]) >= SHORTEST_PREFIX else piece.text.replace("*", "")
            raise self._fail("A star stands for the end of a word, as in refun*.", piece.start, piece.end, kept)
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
    def _field(self, piece: Piece) -> Node | None:
        name, value = piece.text, piece.value.strip()
        value, end = self._whole_value(name, value, piece.end) if value else (value, piece.end)
        place = (piece.start, end)
        if not value:
            behind = self._peek() in ("word", "phrase") and self.text[piece.end : piece.end + 1].isspace()
            end = self.pieces[self.at].start if behind else piece.end
            sentence = f"“{name}:” needs a value behind the colon, without a blank."
            raise self._fail(sentence, piece.start, end, f"{name}:" if behind else " ")
        if name == SPEAKER:
            if not tokenize(value).sequence:
                raise self._fail(f"“{name}:” needs a letter or digit.", *place, " ")
            return Speaker(value, place=place)
        read = self._read(SEARCHED[name], name, value, place)
        if isinstance(read, Span):
            return Between(read.start, read.end, place=place)
        return Field(name, read, place=place)

    def _read(self, criterion: Criterion, name: str, value: str, place: tuple[int, int]) -> Value:
        """The value of a condition as its criterion reads it."""
        try:
            return criterion.read(value, self.reading)
        except Unreadable as problem:
            # Beside others a condition that nobody can guess is left out: an example would only hide what is found.
            instead = problem.meant or (problem.example if len(self.pieces) == 1 else "")
            raise self._fail(problem.sentence, *place, f"{name}:{instead}" if instead else " ") from None

    def _whole_value(self, name: str, value: str, end: int) -> tuple[str, int]:
        """A value with the words behind it that belong to it though nobody put them in quotation marks; its end."""
        taken = (value, end, self.at)
        first = value
        if self.text[end - 1] in QUOTES or name == SPEAKER:
            return value, end
        for at, piece in enumerate(self.pieces[self.at : self.at + LONGEST_VALUE - 1], self.at + 1):
            if piece.kind != "word":
                break
            value, end = f"{value} {piece.text}", piece.end
            if SEARCHED[name].continues(first, value, piece.text, self.reading):
                taken = (value, end, at)
        value, end, self.at = taken
        return value, end
