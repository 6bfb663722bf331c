"""Says which part of a query nothing is known of, and what was probably meant: "Did you mean …?".

A word is offered as it was said in a call that this person may see, and a query only if it finds something for them:
what others said stays unknown, also by what is not offered.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from django.utils import timezone

from recordings_site.accounts.models import User
from recordings_site.base.text import fold
from recordings_site.recordings.criteria.registry import PHONES
from recordings_site.recordings.search import names
from recordings_site.recordings.search.engines.factory import engine
from recordings_site.recordings.search.engines.port import Walk
from recordings_site.recordings.search.facets import quoted
from recordings_site.recordings.search.highlight import Fragment
from recordings_site.recordings.search.hits import compiled, find
from recordings_site.recordings.search.language import spelling, typed
from recordings_site.recordings.search.language.query_tree import And, Field, Near, Node, Or, Phrase, Speaker, Word
from recordings_site.recordings.search.language.readings import groups_of
from recordings_site.recordings.search.scope import scoped
from recordings_site.recordings.search.text import languages
from recordings_site.recordings.search.text.tokens import tokenize

LOOKED_INTO = 12  # parts of one query, and words of one part
UNMATCHED = 4  # of them for which something else is looked for
TRIED = 8  # words or names that are looked for in the place of one
OFFERED = 3  # queries, where one part alone was not found
SPELLING_HITS = 5  # newest calls from which a word's spelling is taken
BEGINNING = 1  # letters that a word with two slips has in common with what was meant
_RARER = 100  # times that a word must be commoner to be as likely as another with one slip less
_BESIDE = 20  # times that a word may be less likely than the best one and still be offered
_FEWEST_DIGITS = 6  # of what may be a phone number

_Asked = Word | Phrase | Speaker | Field
_Change = tuple[tuple[int, int], str]  # a place in the query, and what is to stand there


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A query that finds something, and its stretches, those marked that were changed."""

    query: str
    fragments: Sequence[Fragment]


@dataclass(frozen=True, slots=True)
class Advice:
    """What was not found, a sentence each; the queries that may have been meant, the likeliest first.

    `looser` finds the same words farther apart: each of them was said.
    """

    unknown: Sequence[str] = ()
    suggestions: Sequence[Suggestion] = ()
    looser: str = ""


@dataclass(frozen=True, slots=True)
class _Unmatched:
    """A stretch of the query that finds nothing, why, and what may stand there instead, the likeliest first."""

    place: tuple[int, int]
    sentence: str
    instead: Sequence[str]


def suggest(query: str, node: Node, *, user: User, found: bool) -> Advice:
    """Advice on a query and its tree. Where something was found, only alternatives can have failed."""
    parts = islice(_asked(node, among_alternatives=not found), LOOKED_INTO)
    unmatched = list(islice((each for part in parts for each in _unmatched(part, user)), UNMATCHED))
    mended = [each for each in unmatched if each.instead]
    if len(mended) == 1:
        changes = [[(mended[0].place, text)] for text in mended[0].instead]
    else:
        changes = [[(each.place, each.instead[0]) for each in mended]] if mended else []
    if operators := [] if found else _operators(node):
        changes += [operators, *(list((dict(change) | dict(operators)).items()) for change in changes)]
    read = [_changed(query, sorted(change)) for change in changes]
    suggestions = list(islice((each for each in read if _leads_somewhere(each.query, user)), OFFERED))
    looser = "" if found or unmatched else _looser(query, node)
    return Advice(
        [each.sentence for each in unmatched], suggestions, looser if looser and _leads_somewhere(looser, user) else ""
    )


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


def _operators(node: Node) -> list[_Change]:
    """The words that would combine others if they were typed in capitals."""
    parts = node.parts if isinstance(node, And) else ()
    words = [part for part in parts if isinstance(part, Word) and part.text in ("and", "or", "not")]
    return [(word.place, word.text.upper()) for word in words]


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
    """Whether a query finds something, as far as can be seen at once."""
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
            sentence = f"No speaker of a call that you may see is called “{label}”."
            yield _Unmatched(part.place, sentence, [f"speaker:{quoted(name)}" for name in near])
        case Field(name, value) if not names.is_known(part, user):
            near = names.nearest(part, user)[:TRIED]
            yield _Unmatched(part.place, f"There is no {name} “{value}”.", [f"{name}:{quoted(each)}" for each in near])


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
            yield _Unmatched(
                (start, start + len(text)), _not_found(text), [" ".join(said) for said in _meant(word, user)]
            )
        return
    if sum(each.isdigit() for each in part.text) >= _FEWEST_DIGITS:
        instead = [f"{name}:{quoted(part.text)}" for name in PHONES]
    elif len(each_word) == 1:
        token, word = each_word[0]
        before, after = part.text[: token.start], part.text[token.end :]
        # Two words that were written as one become a phrase.
        meant = [said[0] if len(said) == 1 else f'"{" ".join(said)}"' for said in _meant(word, user)]
        instead = [f"{before}{text}{after}" for text in meant]
    else:
        instead = []
    yield _Unmatched(part.place, _not_found(part.text), instead)


def _not_found(text: str) -> str:
    return f"“{text}” was said in no call that you may see."


def _meant(word: str, user: User) -> list[Sequence[str]]:
    """The words, or neighbours that were written as one, that a folded word may stand for; one of those with a stem."""
    found: dict[tuple[str, ...], Sequence[str]] = {}
    least = 0.0
    for words, tokens, weight in islice(_likely(word), TRIED):
        if weight < least or len(found) == OFFERED:
            break
        if tokens not in found and (said := _as_said(words, user)):
            found[tokens] = said
            least = least or weight / _BESIDE
    return list(found.values())


def _as_said(words: Sequence[str], user: User) -> Sequence[str]:
    """Folded words as they were written in the newest calls that this person may see; empty if in none of them."""
    text = " ".join(words)
    hits = find(Word(text) if len(words) == 1 else Phrase(text), user=user, size=SPELLING_HITS).hits
    written = Counter(each.text for hit in hits for line in hit.lines for each in line.fragments if each.found)
    said = []
    for word in words:
        forms = [form for form, _ in written.most_common() if fold(form) == word]
        if not forms:
            return ()
        form = next((each for each in forms if each.islower()), forms[0])
        # "OR" in capitals would be an operator.
        said.append(form.lower() if form.isupper() else form)
    return said


def _likely(word: str) -> Iterator[tuple[tuple[str, ...], tuple[str, ...], float]]:
    """What was said and lies near a folded word, the likeliest first: words, their tokens, and how likely they are."""
    most = spelling.slips(word)
    if not most or any(each.isdigit() for each in word):
        return
    one_slip = spelling.one_slip(word)
    halves = [(word[:at], word[at:]) for at in range(1, len(word))]
    known = engine().known_words(one_slip.union(*halves))
    weights: dict[tuple[str, ...], float] = {(each,): known[each].transcripts for each in one_slip & known.keys()}
    weights |= {pair: min(known[each].transcripts for each in pair) for pair in halves if known.keys() >= set(pair)}
    if most > 1:
        likely = range(len(word) - most, len(word) + most + 1)
        for each, entry in engine().words_beginning(word[:BEGINNING], likely).items():
            if (each,) not in weights and each != word and spelling.distance(word, each, most) <= most:
                known[each] = entry
                weights[each,] = entry.transcripts / _RARER
    for words in sorted(weights, key=lambda each: (-weights[each], each)):
        yield words, tuple(known[each].token for each in words), weights[words]
