"""Parses the query language to one tree; whatever is typed gives a tree or a sentence with the place and a remedy."""

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

from recordings_site.base.formatting import grouped
from recordings_site.base.text import visible_text
from recordings_site.recordings.criteria.criterion import Criterion, ParseContext, Span, UnreadableValue, Value
from recordings_site.recordings.criteria.registry import SEARCHED
from recordings_site.recordings.search.language.lexer import QUOTES, SPEAKER, Lexeme, QueryError, failure, lexemes_of
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
from recordings_site.recordings.search.language.stars import misplaced
from recordings_site.recordings.search.text.words import words_of

LONGEST_QUERY = 2000  # characters
MOST_TERMS = 60
DEEPEST = 20  # nested parentheses and NOTs
FARTHEST = 30  # words of NEAR
LONGEST_VALUE = 6  # words that belong to one condition without quotation marks: after:3 weeks ago


def parse(text: str, *, now: datetime, zone: ZoneInfo) -> Node:
    """The tree of a typed query; dates are read in `zone` relative to `now`.

    Raises QueryError, also when nothing is left to search for.
    """
    text = visible_text(text)
    if len(text) > LONGEST_QUERY:
        raise QueryError(
            f"This query has {grouped(len(text))} characters. The maximum is {grouped(LONGEST_QUERY)}.",
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
    """Recursive descent over lexemes: or > and > not > near > primary."""

    def __init__(self, text: str, now: datetime, zone: ZoneInfo) -> None:
        self.text, self.context = text, ParseContext(now, zone)
        self.lexemes = lexemes_of(text)
        self.at = 0
        self.terms = 0
        self.depth = 0

    def _fail(self, sentence: str, start: int, end: int, replacement: str | None = None) -> QueryError:
        return failure(self.text, sentence, start, end, replacement)

    # --- Grammar --------------------------------------------------------------------------------------------------
    def whole(self) -> Node:
        if not self.lexemes:
            raise QueryError("Type a word to search for.", 0, len(self.text))
        node = self._or()
        if self.at < len(self.lexemes):
            extra = self.lexemes[self.at]
            raise self._fail("This closing parenthesis has no opening parenthesis.", extra.start, extra.end, " ")
        if node is None:
            raise QueryError("Enter at least one letter or digit.", 0, len(self.text))
        return node

    def _peek(self) -> str:
        return self.lexemes[self.at].kind if self.at < len(self.lexemes) else "end"

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
        lexeme = self.lexemes[self.at]
        self.at += 1
        if self._peek() in ("end", ")", "AND", "OR", "NEAR"):
            raise self._fail(f"{word} needs something to search for after it.", lexeme.start, lexeme.end, " ")

    def _not(self) -> Node | None:
        if self._peek() != "NOT":
            return self._near()
        lexeme = self.lexemes[self.at]
        self.at += 1
        if self._peek() in ("end", ")", "AND", "OR", "NEAR"):
            raise self._fail("NOT needs something to exclude after it.", lexeme.start, lexeme.end, " ")
        part = self._deeper(lexeme, self._not)
        return None if part is None else Not(part)

    def _deeper(self, lexeme: Lexeme, rule: Callable[[], Node | None]) -> Node | None:
        self.depth += 1
        if self.depth > DEEPEST:
            raise self._fail(
                f"Parentheses and NOTs can be nested at most {DEEPEST} levels deep.", lexeme.start, lexeme.end, " "
            )
        node = rule()
        self.depth -= 1
        return node

    def _near(self) -> Node | None:
        first = self.lexemes[self.at] if self.at < len(self.lexemes) else None
        left = self._primary()
        while self._peek() == "NEAR":
            lexeme = self.lexemes[self.at]
            distance = int(lexeme.value)
            self._needs_both(lexeme.text)
            right = self._primary()
            if not isinstance(left, Word | Phrase) or not isinstance(right, Word | Phrase):
                start = first.start if first and not isinstance(left, Word | Phrase) else lexeme.start
                raise self._fail(
                    "Put NEAR between two words or phrases, as in refund NEAR/5 card.", start, lexeme.end,
                    self.text[start : lexeme.start] + "AND",
                )  # fmt: skip
            if not 1 <= distance <= FARTHEST:
                nearest = f"NEAR/{min(max(distance, 1), FARTHEST)}"
                raise self._fail(f"NEAR takes 1 to {FARTHEST} words.", lexeme.start, lexeme.end, nearest)
            left = Near(left, right, distance)
        return left

    def _primary(self) -> Node | None:
        lexeme = self.lexemes[self.at] if self.at < len(self.lexemes) else Lexeme("end", "", 0, len(self.text))
        self.at += 1
        match lexeme.kind:
            case "(":
                return self._bracket(lexeme)
            case "phrase":
                self._count(lexeme)
                place = (lexeme.start, lexeme.end)
                self._needs_stars_in_place(lexeme.text, lexeme.start + 1)
                return Phrase(lexeme.text, place=place) if words_of(lexeme.text) else None
            case "word":
                self._count(lexeme)
                return self._plain(lexeme)
            case "field":
                self._count(lexeme)
                return self._field(lexeme)
            case ")":
                raise self._fail("This closing parenthesis has no opening parenthesis.", lexeme.start, lexeme.end, " ")
            case kind:
                raise self._fail(f"{kind} needs something to search for before it.", lexeme.start, lexeme.end, " ")

    def _count(self, lexeme: Lexeme) -> None:
        self.terms += 1
        if self.terms > MOST_TERMS:
            raise QueryError(
                f"Use at most {MOST_TERMS} words and conditions.", lexeme.start, len(self.text),
                self.text[: lexeme.start].strip(),
            )  # fmt: skip

    def _bracket(self, bracket: Lexeme) -> Node | None:
        if self._peek() == ")":
            empty = self.lexemes[self.at]
            raise self._fail("There’s nothing between these parentheses.", bracket.start, empty.end, " ")
        node = self._deeper(bracket, self._or)
        if self._peek() != ")":
            raise QueryError("This parenthesis is never closed.", bracket.start, bracket.end, f"{self.text.strip()})")
        self.at += 1
        return node

    def _plain(self, lexeme: Lexeme) -> Node | None:
        if not words_of(lexeme.text):
            return None
        self._needs_stars_in_place(lexeme.text, lexeme.start)
        return Word(lexeme.text, starred="*" in lexeme.text, place=(lexeme.start, lexeme.end))

    def _needs_stars_in_place(self, text: str, start: int) -> None:
        if "*" in text and (star := misplaced(text)):
            raise self._fail(star.sentence, start + star.start, start + star.end, star.instead)

    # --- Fields ---------------------------------------------------------------------------------------------------
    def _field(self, lexeme: Lexeme) -> Node | None:
        name, value = lexeme.text, lexeme.value.strip()
        value, end = self._whole_value(name, value, lexeme.end) if value else (value, lexeme.end)
        place = (lexeme.start, end)
        if not value:
            behind = self._peek() in ("word", "phrase") and self.text[lexeme.end : lexeme.end + 1].isspace()
            end = self.lexemes[self.at].start if behind else lexeme.end
            sentence = f"“{name}:” needs a value right after the colon."
            raise self._fail(sentence, lexeme.start, end, f"{name}:" if behind else " ")
        if name == SPEAKER:
            if not words_of(value):
                raise self._fail(f"“{name}:” needs a letter or digit.", *place, " ")
            return Speaker(value, place=place)
        read = self._read(SEARCHED[name], name, value, place)
        if isinstance(read, Span):
            return Between(read.start, read.end, place=place)
        return Field(name, read, place=place)

    def _read(self, criterion: Criterion, name: str, value: str, place: tuple[int, int]) -> Value:
        """The value of a condition as its criterion reads it."""
        try:
            return criterion.parse(value, self.context)
        except UnreadableValue as problem:
            # Beside others a condition that nobody can guess is left out: an example would only hide what is found.
            instead = problem.meant or (problem.example if len(self.lexemes) == 1 else "")
            raise self._fail(problem.sentence, *place, f"{name}:{instead}" if instead else " ") from None

    def _whole_value(self, name: str, value: str, end: int) -> tuple[str, int]:
        """A value with the words behind it that belong to it though nobody put them in quotation marks; its end."""
        taken = (value, end, self.at)
        first = value
        if self.text[end - 1] in QUOTES or name == SPEAKER:
            return value, end
        for at, lexeme in enumerate(self.lexemes[self.at : self.at + LONGEST_VALUE - 1], self.at + 1):
            if lexeme.kind != "word":
                break
            value, end = f"{value} {lexeme.text}", lexeme.end
            if SEARCHED[name].continues(first, value, lexeme.text, self.context):
                taken = (value, end, at)
        value, end, self.at = taken
        return value, end
