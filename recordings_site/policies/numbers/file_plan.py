"""What a file of numbers would do, line by line: add a number, change it from this to that, nothing, or be refused.

An empty cell leaves a known number as it is, and a dash clears it. Nothing is written here.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from recordings_site.accounts.models import Team
from recordings_site.base import phone_numbers
from recordings_site.base.phone_numbers import NumberError
from recordings_site.destinations.models import Destination
from recordings_site.policies.applications.forms import LOCALE
from recordings_site.policies.models import Application, PhoneNumber, Policy
from recordings_site.policies.numbers.actions import Row, shown
from recordings_site.policies.numbers.file_lines import FileLine

LONGEST_LABEL = 100
# Names that a refusal offers.
OFFERED = 10

Named = Application | Team | Policy | Destination


@dataclass(frozen=True, slots=True)
class Defaults:
    """What new numbers get where their line does not say."""

    application: Application | None = None
    team: Team | None = None
    policy: Policy | None = None


@dataclass(frozen=True, slots=True)
class PlannedLine:
    """What one line does: "add", "change", "unchanged" or "rejected"; (column, before, after), or (column, remedy)."""

    line: int
    number: str
    what: str
    parts: tuple[tuple[str, str, str], ...] = ()
    problems: tuple[tuple[str, str], ...] = ()


@dataclass
class Plan:
    """What a whole file does: its lines, and what the action takes."""

    lines: list[PlannedLine] = field(default_factory=list)
    wanted: dict[int, Row] = field(default_factory=dict)
    new: dict[str, Row] = field(default_factory=dict)

    def of(self, what: str) -> list[PlannedLine]:
        """The lines that do this."""
        return [each for each in self.lines if each.what == what]

    def digest(self) -> str:
        """What tells a plan from the one that was previewed: numbers may change meanwhile."""
        facts = [(each.line, each.number, each.what, each.parts) for each in self.lines]
        return hashlib.sha256(json.dumps(facts).encode()).hexdigest()


class _Refused(ValueError):
    """Why a cell cannot be what it says: what follows its column."""


class _Names:
    """The rows of one kind by name: as it is written, else in any case where one row alone fits."""

    def __init__(self, noun: str, rows: Iterable[Named]) -> None:
        self.noun = noun
        self.exact = {str(row): row for row in rows}
        self.folded: dict[str, list[Named]] = {}
        for row in self.exact.values():
            self.folded.setdefault(str(row).casefold(), []).append(row)

    def find(self, name: str, now: Named | None) -> Named:
        """The row of a name; `now` is the one that the number has, which may be out of use. Raises _Refused."""
        if now is not None and str(now) == name:
            return now
        fitting = self.folded.get(name.casefold(), [])
        if name in self.exact or len(fitting) == 1:
            return self.exact.get(name) or fitting[0]
        names = ", ".join(list(self.exact)[:OFFERED]) or "none yet"
        more = f" and {len(self.exact) - OFFERED} more" if len(self.exact) > OFFERED else ""
        raise _Refused(f"no {self.noun} is named “{name[:40]}”. Existing ones: {names}{more}.")


class _Planner:
    def __init__(self, defaults: Defaults) -> None:
        self.defaults = defaults
        self.names = {
            "application": _Names("application", Application.objects.in_use()),
            "team": _Names("team", Team.objects.all()),
            "policy": _Names("policy", Policy.objects.filter(archived_at=None)),
            "destination": _Names("destination", Destination.objects.in_use()),
        }
        self.seen: dict[str, int] = {}

    def digits(self, line: FileLine) -> str:
        """The number of a line, read in the country of its application. Raises _Refused."""
        typed, default = line.cell("application"), self.defaults.application
        try:
            application = self.names["application"].find(typed, None) if typed else default
        except _Refused:
            application = default
        country = application.country if isinstance(application, Application) else ""
        written = line.cell("number")
        try:
            found = phone_numbers.read(written, country)
        except NumberError as error:
            raise _Refused(f"“{written[:40]}” {error}.") from None
        if found in self.seen:
            raise _Refused(f"+{found} is in the file twice, first on line {self.seen[found]}. Remove one of them.")
        self.seen[found] = line.line
        return found

    def values(self, line: FileLine, known: PhoneNumber | None) -> tuple[dict[str, Any], list[tuple[str, str]]]:
        """What the cells of a line say, by name of the field, and what is wrong with them."""
        values, problems = dict[str, Any](), []
        for name, text in line.cells.items():
            if name == "number" or text == "":
                continue
            try:
                values[name] = self._value(name, text, known)
            except _Refused as refused:
                problems.append((name, str(refused)))
        return values, problems

    def _value(self, name: str, text: str | None, known: PhoneNumber | None) -> Any:
        if text is None:
            if name in ("application", "team"):
                raise _Refused(f"a number needs {'an' if name == 'application' else 'a'} {name}. Name one.")
            return None if name in self.names else ""
        if name in self.names:
            return self.names[name].find(text, getattr(known, name) if known else None)
        if name == "label" and len(text) > LONGEST_LABEL:
            raise _Refused(f"it is longer than {LONGEST_LABEL} characters. Shorten it.")
        if name == "language" and not LOCALE.fullmatch(text):
            raise _Refused(f"“{text[:40]}” isn’t a locale. Enter one, such as sv-SE.")
        return text

    def filled(self, values: Mapping[str, Any], problems: list[tuple[str, str]]) -> dict[str, Any]:
        """All values of a new number: its own, else the defaults."""
        rows = {"application": self.defaults.application, "team": self.defaults.team, "policy": self.defaults.policy}
        filled: dict[str, Any] = {"label": "", **rows, "destination": None, "language": "", **values}
        wrong = {name for name, _ in problems}
        missing = (name for name in ("application", "team") if filled[name] is None and name not in wrong)
        problems += [(name, f"the {name} is missing. Fill it in, or choose one for new numbers.") for name in missing]
        return filled


def plan(file_lines: Iterable[FileLine], defaults: Defaults) -> Plan:
    """What these lines would do."""
    found, planner = Plan(), _Planner(defaults)
    read: list[tuple[FileLine, str]] = []
    for line in file_lines:
        try:
            read.append((line, planner.digits(line)))
        except _Refused as refused:
            found.lines.append(_refusal(line, line.cell("number")[:40], [("number", str(refused))]))
    rows = PhoneNumber.objects.filter(digits__in=[digits for _, digits in read])
    known = {each.digits: each for each in rows.select_related("application", "team", "policy", "destination")}
    for line, digits in read:
        number = known.get(digits)
        found.lines.append(_planned(found, planner, line, digits, number))
    found.lines.sort(key=lambda each: each.line)
    return found


def _refusal(line: FileLine, number: str, problems: Iterable[tuple[str, str]]) -> PlannedLine:
    return PlannedLine(line.line, number, "rejected", (), tuple(problems))


def _planned(found: Plan, planner: _Planner, line: FileLine, digits: str, known: PhoneNumber | None) -> PlannedLine:
    """Plan one line; what it writes goes into the plan."""
    is_new = known is None or known.archived_at is not None
    values, problems = planner.values(line, known)
    if is_new:
        values = planner.filled(values, problems)
    if problems:
        return _refusal(line, f"+{digits}", problems)
    columns = {name: f"{name}_id" if name in planner.names else name for name in values}
    row = {columns[name]: getattr(value, "pk", value) for name, value in values.items()}
    if known is None or is_new:
        found.new[digits] = row
        parts = tuple((name, "", str(value)) for name, value in values.items() if value)
        return PlannedLine(line.line, f"+{digits}", "add", parts)
    before = shown(known)
    changed = {name: value for name, value in row.items() if value != before[name]}
    if not changed:
        return PlannedLine(line.line, f"+{digits}", "unchanged")
    found.wanted[known.pk] = changed
    parts = tuple(
        (name, str(getattr(known, name) or ""), str(value or ""))
        for name, value in values.items()
        if columns[name] in changed
    )
    return PlannedLine(line.line, f"+{digits}", "change", parts)
