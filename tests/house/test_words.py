"""The code speaks the field's language: words that only its authors understood are gone from names and texts."""

import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house import ROOT
from tests.house.test_rules import MODULES, relative

# Parts of identifiers, each with what to say instead.
NAMES = {
    "told": "reported, given, message",
    "tally": "count",
    "door": "middleware",
    "falling": "descending",
    "portions": "bounded_scan",
    "hostile": "json_fields",
    "patience": "timeout, circuit_breaker",
    "opening": "factory",
    "judge": "verdict_of",
    "chore": "periodic",
    "chores": "periodic",
    "nobody": "None, no one of the team",
    "put_right": "correct",
    "why_not": "refusal",
    "looked_at": "scanned, checked",
    "lately": "recently",
    "firsts": "first_by_call",
    "unjudged": "without_error_messages",
    "moment": "time, timecode, selected span",
    "notebook": "annotations",
    "settle": "update_state, resolve",
    "nudge": "offset",
    "manners": "settings",
    "gathering": "call group",
    "gatherings": "call groups",
    "obey": "execute",
    "shelf": "saved searches",
    "mishear": "mistranscribed",
    "unheard": "not found",
    "nobodys": "unattributed",
}
# The same for docstrings and comments, as regular expressions.
TEXTS = {
    r"told of\b": "known from",
    r"of late[.,:]": "recently",
}
# The rooms whose texts were gone through.
ROOMS = (
    "base", "sinch", "storage", "tasks", "web", "accounts", "destinations", "policies", "calls", "callbacks",
    "recordings", "ops", "simulator",
)  # fmt: skip
# A place that needs one of these words, with its reason.
ALLOWED: dict[tuple[str, str], str] = {
    ("recordings_site/web/html/json_html.py", "opening"): "an opening bracket",
    ("recordings_site/storage/s3/client.py", "settle"): "settles the addressing style",
}


def _identifier_parts(name: str) -> str:
    """`_nameLikeThis` as `_name_like_this_`, so that a whole word is found between underscores."""
    return f"_{re.sub(r'(?<=[a-z0-9])(?=[A-Z])', '_', name).lower()}_"


def _tokens(path: Path) -> Iterator[tuple[int, str, bool]]:
    """Line, text, and whether it is an identifier; else it is a comment or a docstring."""
    before = tokenize.NEWLINE
    for token in tokenize.generate_tokens(io.StringIO(path.read_text()).readline):
        is_statement = before in (tokenize.NEWLINE, tokenize.INDENT, tokenize.NL)
        if token.type == tokenize.NAME:
            yield token.start[0], _identifier_parts(token.string), True
        elif token.type == tokenize.COMMENT or (token.type == tokenize.STRING and is_statement):
            yield token.start[0], token.string, False
        if token.type not in (tokenize.COMMENT, tokenize.DEDENT):
            before = token.type


def _offences(path: Path) -> Iterator[str]:
    for line, text, is_name in _tokens(path):
        for word, instead in NAMES.items() if is_name else TEXTS.items():
            found = f"_{word}_" in text if is_name else re.search(rf"\b{word}", text, re.IGNORECASE)
            if found and (relative(path), word) not in ALLOWED:
                yield f"{relative(path)}:{line}: “{word}”: say {instead}"


def test_private_words_are_gone() -> None:
    paths = [path for path in MODULES if "migrations" not in path.parts and relative(path).split("/")[1] in ROOMS]
    found = [offence for path in paths for offence in _offences(path)]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(("path", "word"), ALLOWED)
def test_what_is_allowed_is_still_needed(path: str, word: str) -> None:
    assert word in (ROOT / path).read_text()
