""" "Did you mean …?": finds the part of a query that matches nothing, and suggests queries that match.

A word is suggested only as it occurs in calls visible to the user, and a query only if it finds something for them: the
suggestions reveal nothing of other calls.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, product

from django.utils import timezone

from recordings_site.accounts.models import User
from recordings_site.recordings.criteria.registry import PHONES
from recordings_site.recordings.search import names
from recordings_site.recordings.search.engines.factory import engine
from recordings_site.recordings.search.engines.port import Walk
from recordings_site.recordings.search.facets import quoted
from recordings_site.recordings.search.highlight import Fragment
from recordings_site.recordings.search.hits import compiled
from recordings_site.recordings.search.language import typed
from recordings_site.recordings.search.language.query_tree import And, Field, Near, Node, Or, Phrase, Speaker, Word
from recordings_site.recordings.search.language.readings import groups_of
from recordings_site.recordings.search.likely_words import OFFERED, TRIED, inside_others, likely_words
from recordings_site.recordings.search.scope import scoped
from recordings_site.recordings.search.text import languages
from recordings_site.recordings.search.text.tokens import tokenize

LOOKED_INTO = 12  # parts of one query, and words of one part
UNMATCHED = 4  # of them for which something else is looked for
_FEWEST_DIGITS = 6  # of what may be a phone number

# What people type for operators.
_OPERATORS = {
    "or": "OR", "and": "AND", "not": "NOT", "oder": "OR", "und": "AND", "nicht": "NOT", "eller": "OR", "och": "AND",
    "og": "AND", "inte": "NOT", "ikke": "NOT", "ou": "OR", "et": "AND", "of": "OR",
}  # fmt: skip

_Asked = Word | Phrase | Speaker | Field
_Change = tuple[tuple[int, int], str]  # a place in the query, and what is to stand there


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A query that finds something, with its changed parts marked."""

    query: str
    fragments: Sequence[Fragment]


@dataclass(frozen=True, slots=True)
class Advice:
    """What was not found, a sentence each; the queries that may have been meant, the likeliest first.

    `looser` finds the same words farther apart: each of them was said. `inside_words` finds words that end with those
    typed, or hold them: "*nummer".
    """

    unknown: Sequence[str] = ()
    suggestions: Sequence[Suggestion] = ()
    looser: str = ""
    inside_words: str = ""


@dataclass(frozen=True, slots=True)
class _Unmatched:
    """A stretch of the query that finds nothing, why, and what may stand there instead, the likeliest first.

    `inside` finds the words that end with it or hold it, if there are any.
    """

    place: tuple[int, int]
    sentence: str
    instead: Sequence[str]
    inside: str = ""


def suggest(query: str, node: Node, *, user: User, found: bool) -> Advice:
    """Return advice on a query. Where it found something, only alternatives can have failed."""
    parts = islice(_asked(node, among_alternatives=not found), LOOKED_INTO)
    unmatched = list(islice((each for part in parts for each in _unmatched(part, user)), UNMATCHED))
    changes = list(_corrections([each for each in unmatched if each.instead]))
    if operators := _operators(node, found=found):
        combined = ([*{**dict(change), **dict(operators)}.items()] for change in changes)
        changes = [operators, *combined] if found else [*changes, operators, *combined]
    read = [_changed(query, sorted(change)) for change in changes]
    suggestions = list(islice((each for each in read if _leads_somewhere(each.query, user)), OFFERED))
    if not suggestions and len(unmatched) > 1 and _is_words_alone(node, unmatched):
        # Words that were never said in one call: in any.
        either = [(each.place, f"{'OR ' * bool(at)}{each.instead[0]}") for at, each in enumerate(unmatched)]
        suggestions = [each for each in (_changed(query, either),) if _leads_somewhere(each.query, user)]
    looser = "" if found or unmatched or suggestions else _looser(query, node)
    inside = [] if found else [(each.place, each.inside) for each in unmatched if each.inside]
    inside_words = _changed(query, inside).query if inside else ""
    return Advice(
        [each.sentence for each in unmatched],
        suggestions,
        looser if looser and _leads_somewhere(looser, user) else "",
        inside_words if inside and _leads_somewhere(inside_words, user) else "",
    )


def _corrections(mended: Sequence[_Unmatched]) -> Iterator[list[_Change]]:
    """The changes that correct every part that can be corrected, the likeliest together first."""
    choices = [each.instead[:OFFERED] for each in mended]
    ranked = sorted(product(*map(range, map(len, choices))), key=lambda ranks: (sum(ranks), ranks))
    for ranks in ranked[:TRIED] if mended else ():
        yield [(each.place, each.instead[rank]) for each, rank in zip(mended, ranks, strict=True)]


def _is_words_alone(node: Node, corrected: Sequence[_Unmatched]) -> bool:
    """Whether a query is nothing but words that can all be corrected."""
    words = [part for part in node.parts if isinstance(part, Word)] if isinstance(node, And) else []
    return isinstance(node, And) and len(words) == len(node.parts) == len([each for each in corrected if each.instead])


def _looser(query: str, node: Node) -> str:
    """A query for the same words that asks less: a phrase's or NEAR's anywhere in a call, others in any call."""
    match node:
        case Phrase(text):
            return text.strip()
        case Near(Word() | Phrase() as left, Word() | Phrase() as right):
            return f"{_typed(query, left)} {_typed(query, right)}"
        case And(parts):
            words = [part for part in parts if isinstance(part, Word | Phrase)]
            return " OR ".join(_typed(query, word) for word in words) if len(words) == len(parts) else ""
    return ""


def _typed(query: str, part: Word | Phrase) -> str:
    start, end = part.place
    return query[start:end]


def _operators(node: Node, *, found: bool) -> list[_Change]:
    """The words that would combine others in capitals; where all words were found, only "or", which finds more."""
    words = [part for part in (node.parts if isinstance(node, And) else ()) if isinstance(part, Word)]
    meant = [(word.place, _OPERATORS.get(word.text.lower(), "")) for word in words]
    changes = [(place, operator) for place, operator in meant if operator]
    return changes if not found or any(operator == "OR" for _, operator in changes) else []


def _changed(query: str, changes: Sequence[_Change]) -> Suggestion:
    """The query with some stretches changed, all else as it was typed."""
    fragments: list[Fragment] = []
    at = 0
    for (start, end), text in changes:
        fragments += [Fragment(query[at:start], False), Fragment(text, True)]
        at = end
    fragments.append(Fragment(query[at:], False))
    return Suggestion("".join(each.text for each in fragments), [each for each in fragments if each.text])


def _leads_somewhere(query: str, user: User) -> bool:
    """Return whether a query finds something, as far as a first look shows."""
    asked = typed.read(query, now=timezone.now(), zone=user.zone)
    if asked.node is None or asked.error is not None:
        return False
    walked = _first(asked.node, user)
    return bool(walked.ids) or walked.stopped


def _first(node: Node, user: User) -> Walk:
    return engine().find(scoped(compiled(node), user), size=1)


def _asked(node: Node, *, among_alternatives: bool) -> Iterator[_Asked]:
    """What a query asks for, of which one that finds nothing may be why: of all that must hold, only alternatives."""
    match node:
        case And(parts):
            for group in groups_of(parts, languages.languages()):
                yield from _asked(_together(group), among_alternatives=among_alternatives)
        case Or(parts):
            for part in parts:
                yield from _asked(part, among_alternatives=True)
        case Near(left, right):
            yield from _asked(left, among_alternatives=among_alternatives)
            yield from _asked(right, among_alternatives=among_alternatives)
        case Word(starred=False) | Phrase() | Speaker() | Field() if among_alternatives:
            yield node


def _together(group: Sequence[Node]) -> Node:
    """Words that may be one thing as one."""
    words = [part for part in group if isinstance(part, Word)]
    if len(words) < 2:
        return group[0]
    return Word(" ".join(word.text for word in words), place=(words[0].place[0], words[-1].place[1]))


def _unmatched(part: _Asked, user: User) -> Iterator[_Unmatched]:
    """What nothing is known of in one part of a query."""
    match part:
        case Word() | Phrase():
            yield from _unmatched_words(part, user)
        case Speaker(label) if not _first(part, user).ids:
            near = names.nearest_speakers(label, user)[:TRIED]
            near = [name for name in near if _first(Speaker(name), user).ids]
            sentence = f"No speaker in calls you can see is named “{label}”."
            yield _Unmatched(part.place, sentence, [f"speaker:{quoted(name)}" for name in near])
        case Field(name, value) if not names.is_known(part, user):
            near = names.nearest(part, user)[:TRIED]
            yield _Unmatched(part.place, f"No {name} is named “{value}”.", [f"{name}:{quoted(each)}" for each in near])


def _unmatched_words(part: Word | Phrase, user: User) -> Iterator[_Unmatched]:
    """The words of a part that were said in no call that this person may see; what was written as one is one."""
    if _first(part, user).ids:
        return
    tokens = tokenize(part.text)
    each_word = list(islice(zip(tokens.sequence, tokens.words, strict=True), LOOKED_INTO))
    if len(tokens.words) > 1:
        each_word = [(token, word) for token, word in each_word if not _first(Word(word), user).ids]
    if isinstance(part, Phrase):
        for token, word in each_word:
            start = part.place[0] + 1 + token.start  # behind the quotation mark
            text = part.text[token.start : token.end]
            meant = [" ".join(said) for said in likely_words(word, user)]
            yield _Unmatched((start, start + len(text)), _not_found(text), meant, inside_others(text, word))
        return
    inside = ""
    if sum(each.isdigit() for each in part.text) >= _FEWEST_DIGITS:
        instead = [f"{name}:{quoted(part.text)}" for name in PHONES]
    elif len(each_word) == 1:
        token, word = each_word[0]
        before, after = part.text[: token.start], part.text[token.end :]
        # Two words that were written as one become a phrase.
        meant = [said[0] if len(said) == 1 else f'"{" ".join(said)}"' for said in likely_words(word, user)]
        instead = [f"{before}{text}{after}" for text in meant]
        inside = inside_others(part.text[token.start : token.end], word)
    else:
        instead = []
    yield _Unmatched(part.place, _not_found(part.text), instead, inside)


def _not_found(text: str) -> str:
    return f"No calls mention “{text}”."
