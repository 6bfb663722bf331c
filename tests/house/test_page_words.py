"""Pages and messages speak as a support centre does: phrases that only their authors would write are gone.

The texts are those of the templates and the strings of the code: whatever a page, an e-mail or an error may show.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house import ROOT
from tests.house.test_rules import relative

# What was said, each with what a support centre says.
PHRASES = {
    r"take along": "download",
    r"play on\b": "autoplay next",
    r"\bjump to now\b|\bback to now\b": "jump to playback position",
    r"open again": "reopen",
    r"cannot be brought back": "this can’t be undone",
    r"ha(?:s|ve) to be mended|\bto be mended": "fix n problems",
    r"\bwas found\b$|^nothing found": "no results",
    r"not among what you may see": "page not found, or you don’t have access",
    r"was said in no call": "no calls mention …",
    r"not so close together": "these words are not close together in any call",
    r"what can be asked": "search tips",
    r"\bis no date\b": "isn’t a valid date",
    r"told of\b": "received, reported",
    r"on their way|not there yet|never arrived": "pending, late, missing",
    r"where you stopped": "continue listening",
    r"nothing to play": "no recording available",
    r"the file lies": "stored in …",
    r"\bas sinch wrote it\b|what sinch heard": "original transcript, the original is kept",
    r"runs early by|runs late by": "sync offset",
    r"tell me of": "notify me about",
    r"show times in mine": "use my time zone",
    r"\bother side\b": "caller / callee",
    r"recordings of nobody|nobody’s": "recordings without a number",
    r"was not told|\bis told\b|not told yet": "not received",
    r"bring in what|\bwalks?\b": "import",
    r"\bof late\b": "recent",
    r"\bsomebody\b|\bnobody\b|\beverybody\b": "someone, no one, everyone",
    r"is dead\b": "has expired",
    r"second factors?\b": "two-step verification",
    r"look into your mail": "check your email",
    r"here end": "end of …",
    r"count the hits|divided are|\bthe hits\b": "results",
    r"\bgo on with\b|\bgo on from\b": "search older …, continue",
    r"not believed": "stale or replayed",
    r"our answer broke": "dropped by our answer",
    r"given up\b|give up\b": "failed, stop",
    r"all is well": "no problems found",
    r"\b(?:write|read) sets?\b": "write credentials, read credentials",
    r"names of objects": "object name pattern",
    r"no callback told": "no callback received",
    r"mark(?:ed)? as heard|not heard|heard by": "played",
    r"unattributed": "unknown number, without a number",
    r"\bdoubts\b": "checks",
    r"\bask sinch\b": "check with Sinch",
    r"\bthrown away\b": "discarded",
    r"\d %": "no space before the per cent sign",
    r"\be-mail": "email",
    r"[a-z]'(?:s|t|re|ll|ve)\b": "’",
    r"none of the destinations": "isn’t one of your destinations",
    r"\bin the store\b|\bthe store (?:is|did|does|said|refused)\b": "in storage, the storage service",
    r"(?<!there )is no (?!longer)": "isn’t a …",
    r"\bfor ever\b|(?<!-)\banew\b|\bany more\b": "forever, again, no longer",
    r"\bbehind it\b|\bby now\b": "after it, now",
    r"\bmend(?:ed)?\b": "fix",
}
# Not shown to anybody, or another meaning: a part of the path and the phrase.
ALLOWED = {
    ("calls/models/upstream.py", "Given up"): "a state that only the table of upstream answers has",
}
# Rooms whose strings are read by programs, operators or nobody.
SILENT = (
    "simulator", "migrations", "management", "ops/demo", "search/sql", "search/text", "search/language", "base",
    "tasks", "storage", "sinch", "fallback.py", "settings.py", "append_only.py", "ops/health.py", "ops/worker/",
    "ops/serving/", "search/engines",
)  # fmt: skip
MARKUP = re.compile(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}|<(?:\"[^\"]*\"|[^<>\"])*>", re.DOTALL)
SHOWN = re.compile(r"(?:aria-label|title|placeholder|text|action)=\"([^\"]+)\"")


def template_texts() -> Iterator[tuple[str, str]]:
    """Path and text of each stretch of text in the templates, those in attributes included."""
    for path in sorted((ROOT / "templates").rglob("*.*")):
        source = path.read_text()
        texts = [*MARKUP.sub("\n", source).splitlines(), *(MARKUP.sub("", each) for each in SHOWN.findall(source))]
        yield from ((relative(path), text.strip()) for text in texts if text.strip())


def code_texts() -> Iterator[tuple[str, str]]:
    """Path and text of each sentence among the strings of the code: two words or more, no docstring, no log."""
    for path in sorted((ROOT / "recordings_site").rglob("*.py")):
        if any(part in relative(path) for part in SILENT):
            continue
        tree = ast.parse(path.read_text())
        silent = _docstrings(tree) | _logged(tree)
        texts = (
            node.value
            for node in ast.walk(tree)
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in silent
        )
        yield from ((relative(path), text.strip()) for text in texts if re.search(r"[A-Za-z]{2,} [A-Za-z]", text))


def _docstrings(tree: ast.AST) -> set[int]:
    """The ids of strings that stand as statements."""
    return {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}


def _logged(tree: ast.AST) -> set[int]:
    """The ids of strings in calls of a logger."""
    calls = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id in ("log", "logger")
    ]
    return {id(inner) for call in calls for inner in ast.walk(call)}


def test_pages_say_what_a_support_centre_says() -> None:
    found = [
        f"{path}: “{text[:90]}”: say {instead}"
        for path, text in [*template_texts(), *code_texts()]
        for phrase, instead in PHRASES.items()
        if re.search(phrase, text, re.IGNORECASE)
        and not any(path.endswith(allowed) and text == word for allowed, word in ALLOWED)
    ]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(("path", "word"), ALLOWED)
def test_what_is_allowed_is_still_there(path: str, word: str) -> None:
    assert word in Path(ROOT / "recordings_site" / path).read_text()
