"""Cuts a typed query into its lexemes: brackets, AND OR NOT NEAR, words, phrases, and conditions with their values."""

import difflib
import re
from dataclasses import dataclass

from recordings_site.recordings.criteria.criterion import unknown
from recordings_site.recordings.criteria.registry import MEANT, SEARCHED

SPEAKER = "speaker"
FIELDS = (SPEAKER, *SEARCHED)
# What people type for them.
_MEANT = {"by": SPEAKER, "said": SPEAKER, **MEANT}
QUOTES = '"“”„«»＂'
_TOKEN = re.compile(
    rf"(?P<space>\s+)|(?P<open>\()|(?P<close>\))|(?P<quote>[{QUOTES}])|(?P<word>[^\s(){QUOTES}]+)", re.DOTALL
)
_FIELD = re.compile(r"([^\W\d_]+):(?!//)(.*)", re.DOTALL)
_NEAR = re.compile(r"NEAR(?:/(\d{0,6}))?|near/(\d{0,6})")


class QueryError(Exception):
    """What is wrong with a query: a sentence, the place in it (characters) and the query as it may have been meant."""

    def __init__(self, sentence: str, start: int, end: int, suggestion: str = "") -> None:
        super().__init__(sentence)
        self.sentence, self.start, self.end, self.suggestion = sentence, start, end, suggestion


def failure(text: str, sentence: str, start: int, end: int, replacement: str | None = None) -> QueryError:
    """What is wrong with a stretch of a query, and the query with something else in its place."""
    suggestion = "" if replacement is None else f"{text[:start]}{replacement}{text[end:]}".strip()
    return QueryError(sentence, start, end, re.sub(r"\s+", " ", suggestion))


@dataclass(frozen=True, slots=True)
class Lexeme:
    """One piece of the typed text: ( ) AND OR NOT NEAR word phrase field."""

    kind: str
    text: str
    start: int
    end: int
    value: str = ""


def lexemes_of(text: str) -> list[Lexeme]:
    """The lexemes of a query in their order. Raises QueryError for a quotation mark or condition that is none."""
    lexemes: list[Lexeme] = []
    at = 0
    while found := _TOKEN.match(text, at):
        at = found.end()
        match found.lastgroup:
            case "open" | "close":
                lexemes.append(Lexeme(found[0], found[0], found.start(), at))
            case "quote":
                phrase, at = _quoted(text, found.start())
                lexemes.append(Lexeme("phrase", phrase, found.start(), at))
            case "word":
                at = _word(text, lexemes, found[0], found.start())
    return lexemes


def _quoted(text: str, start: int) -> tuple[str, int]:
    """The text between the quote at `start` and the next, and the place after it."""
    closing = re.compile(f"[{QUOTES}]").search(text, start + 1)
    if not closing:
        rest = text[start + 1 :]
        raise QueryError("This quotation mark is never closed.", start, start + 1, f'{text[:start]}"{rest.strip()}"')
    return text[start + 1 : closing.start()], closing.end()


def _word(text: str, lexemes: list[Lexeme], word: str, start: int) -> int:
    """Append the lexemes of a run without blanks; gives the place after it (a field takes what is quoted)."""
    while word.startswith("-") and len(word) > 1:
        if word[1].isdigit() and lexemes and lexemes[-1].end == start:
            break
        lexemes.append(Lexeme("NOT", "-", start, start + 1))
        word, start = word[1:], start + 1
    end = start + len(word)
    if word == "-" and end < len(text) and text[end] in QUOTES + "(":
        lexemes.append(Lexeme("NOT", "-", start, end))
    elif word in ("AND", "OR", "NOT", "|", "&", "&&", "||"):
        kind = {"|": "OR", "||": "OR", "&": "AND", "&&": "AND"}.get(word, word)
        lexemes.append(Lexeme(kind, word, start, end))
    elif near := _NEAR.fullmatch(word):
        lexemes.append(Lexeme("NEAR", word, start, end, near[1] or near[2] or "10"))
    elif field := _FIELD.fullmatch(word):
        name, value = _known(text, field, start), field[2]
        if not value and end < len(text) and text[end] in QUOTES:
            value, end = _quoted(text, end)
        lexemes.append(Lexeme("field", name, start, end, value))
    else:
        lexemes.append(Lexeme("word", word, start, end))
    return end


def _known(text: str, field: "re.Match[str]", start: int) -> str:
    """The name of a field that there is. Raises QueryError with the nearest one, or else with all that there are."""
    name = field[1].lower()
    if name in FIELDS:
        return name
    meant = _MEANT.get(name) or next(iter(difflib.get_close_matches(name, FIELDS, 1, 0.7)), "")
    if meant:
        raise failure(
            text, f"“{field[1]}:” isn’t a search field. Did you mean “{meant}:”?", start, start + len(field[1]), meant
        )
    # As words: what was pasted often has a colon in it.
    words = f'"{field[0]}"' if field[2] else field[1]
    raise failure(text, unknown("field", field[1], FIELDS), start, start + len(field[0]), words)
