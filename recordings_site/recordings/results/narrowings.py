"""The chips under the search box: each writes a condition into the query, and is read back from it."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from recordings_site.accounts.models import User
from recordings_site.base.formatting import duration, parse_duration, phone
from recordings_site.base.text import LANGUAGES, plain
from recordings_site.policies.models import PhoneNumber
from recordings_site.recordings.criteria import limited_scope
from recordings_site.recordings.criteria.registry import SEARCHED, TAGS
from recordings_site.recordings.models import IndexedLanguage
from recordings_site.recordings.results import own_calls
from recordings_site.recordings.search import Condition, TypedQuery, quoted, refined

# The chips, and the fields of the search language that each of them stands for.
FIELDS: Mapping[str, Sequence[str]] = {
    "date": ("since", "after", "until", "before", "on"),
    "length": ("longer", "shorter"),
    "language": ("locale",),
    "number": ("number",),
    "tag": ("tag",),
}
DATES = (
    ("Today", "on:today"),
    ("Yesterday", "on:yesterday"),
    ("Last 7 days", "since:6 days ago"),
    ("Last 30 days", "since:29 days ago"),
)
LENGTHS = (
    ("1 minute or longer", "longer:1m"),
    ("5 minutes or longer", "longer:5m"),
    ("15 minutes or longer", "longer:15m"),
    ("1 minute or shorter", "shorter:1m"),
)
USUAL_LENGTH = "longer:5m"
MOST_AT_HAND = 3  # languages
# How a condition of one of several fields of a chip reads behind its label.
_READ = {
    "since": "from {}",
    "after": "from {}",
    "until": "to {}",
    "before": "before {}",
    "longer": "{} or longer",
    "shorter": "{} or shorter",
}
# The inputs of the chips.
TYPED = ("since", "until", "number", "tag")
SHOWN = 8  # numbers or tags of a chip; the others are typed
_LANGUAGES_OF = 100  # newest calls whose languages are offered to those who do not see all
_NAMES = {code: name.capitalize() for name, code in LANGUAGES.items()}
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Option:
    """A choice of a chip: what it is called, the condition that it writes, and whether the query has it."""

    label: str
    condition: str
    in_use: bool = False


@dataclass(frozen=True, slots=True)
class Chip:
    """A chip: its name, its label, its icon, what the query asks for now in words ("" for nothing), its choices."""

    name: str
    label: str
    icon: str
    value: str
    options: Sequence[Option]
    # Whether more may be typed than the choices.
    more: bool = False

    @property
    def at_hand(self) -> Sequence[Option]:
        """The choices that stand beside the chip and need no menu, while none is in use."""
        if self.value:
            return ()
        if self.name == "length":
            return [each for each in self.options if each.condition == USUAL_LENGTH]
        return self.options if self.name == "language" and 2 <= len(self.options) <= MOST_AT_HAND else ()


@dataclass(frozen=True, slots=True)
class Removable:
    """A condition for which there is no chip: in words, and the query without it."""

    label: str
    value: str
    without: str


def chips(asked: TypedQuery, user: User) -> list[Chip]:
    """Return the chips of a query."""
    numbers, tags = (
        list(_numbers(user)),
        [Option(each.word, f"tag:{quoted(each.word)}") for each in TAGS.first(user, SHOWN + 1)],
    )
    return [
        _chip(asked, "date", "Date", "calendar", [Option(*each) for each in DATES], more=True),
        _chip(asked, "length", "Length", "wait", [Option(*each) for each in LENGTHS]),
        _chip(asked, "language", "Language", "transcript", list(_languages(user))),
        _chip(asked, "number", "Number", "numbers", numbers[:SHOWN], more=len(numbers) > SHOWN),
        _chip(asked, "tag", "Tag", "tag", tags[:SHOWN], more=len(tags) > SHOWN),
    ]


def others(asked: TypedQuery) -> list[Removable]:
    """Return the conditions of a query that no chip stands for."""
    with_chips = {name for names in FIELDS.values() for name in names}
    return [
        Removable(_label(each.name), each.value, each.without)
        for each in asked.conditions
        if each.name not in with_chips
    ]


def days(asked: TypedQuery) -> tuple[str, str]:
    """Return the first and the last day that the query asks for, as its inputs hold them; "" for none."""
    first = next((each.value for each in _of(asked, "date") if each.name in ("since", "after")), "")
    last = next((each.value for each in _of(asked, "date") if each.name == "until"), "")
    return first if _DAY.fullmatch(first) else "", last if _DAY.fullmatch(last) else ""


def rewritten(chosen: Mapping[str, str], asked: TypedQuery) -> str | None:
    """Return the query that a choice leads to; None when nothing was chosen.

    `chosen` holds `with` (a condition that takes the place of its chip's), `drop` (a chip's name), or the inputs
    (TYPED), which all come together.
    """
    if condition := chosen.get("with", ""):
        name = condition.partition(":")[0].lower()
        return _replaced(asked, next((chip for chip, names in FIELDS.items() if name in names), ""), condition)
    if chip := chosen.get("drop", ""):
        return asked.without(FIELDS.get(chip, ()))
    if not any(name in chosen for name in (*TYPED, "kept")):
        return None
    typed = {name: chosen.get(name, "").strip() for name in TYPED}
    if (typed["since"], typed["until"]) != days(asked):
        conditions = (f"{name}:{_day(typed[name])}" for name in ("since", "until") if typed[name])
        return _replaced(asked, "date", " ".join(conditions))
    for name in ("number", "tag"):
        if typed[name]:
            return _replaced(asked, name, f"{name}:{quoted(typed[name])}")
    return asked.text


def _replaced(asked: TypedQuery, chip: str, condition: str) -> str:
    rest = asked.without(FIELDS.get(chip, ()))
    if not rest or not condition:
        return rest or condition
    return refined(rest, condition, asked.node) if asked.node is not None else f"{rest} {condition}"


def _day(text: str) -> str:
    return text.strip() if _DAY.fullmatch(text.strip()) else quoted(text)


def _chip(
    asked: TypedQuery, name: str, label: str, icon: str, options: Sequence[Option], *, more: bool = False
) -> Chip:
    typed = _of(asked, name)
    texts = {plain(each.text) for each in typed}
    marked = [Option(each.label, each.condition, in_use=plain(each.condition) in texts) for each in options]
    chosen = [each.label for each in marked if each.in_use]
    words = chosen if len(chosen) == len(typed) else [_words(each, options) for each in typed]
    return Chip(name, label, icon, ", ".join(words), marked, more)


def _of(asked: TypedQuery, chip: str) -> list[Condition]:
    return [each for each in asked.conditions if each.name in FIELDS[chip]]


def _words(condition: Condition, options: Iterable[Option]) -> str:
    """A condition behind its chip's label: by the name that the chip has for it, else as it was typed."""
    same = (each.label for each in options if plain(each.condition) == plain(condition.text))
    is_length = condition.name in FIELDS["length"]
    value = duration(parse_duration(condition.value)) if is_length else condition.value
    return next(same, "") or _READ.get(condition.name, "{}").format(value)


def _label(name: str) -> str:
    return SEARCHED[name].label if name in SEARCHED else name.capitalize()


def _numbers(user: User) -> Iterator[Option]:
    rows = PhoneNumber.objects.visible_to(user).order_by("label", "digits")
    for label, digits in rows.values_list("label", "digits")[: SHOWN + 1]:
        yield Option(label or phone(digits), f"number:+{digits}")


def _languages(user: User) -> Iterator[Option]:
    """The languages of transcripts: of all for those with many numbers, else of the newest calls that they may see."""
    if limited_scope.numbers_of(user) is None:
        codes = set(IndexedLanguage.objects.values_list("code", flat=True))
    else:
        codes = {re.split("[-_]", each.locale.lower())[0] for each in own_calls.newest(user, _LANGUAGES_OF)}
    named = sorted((_NAMES.get(code, code), code) for code in codes if code)
    for label, code in named[:SHOWN]:
        yield Option(label, f"locale:{code}")
