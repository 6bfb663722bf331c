"""Brings a set-up in line with a file: what differs is made or changed, what the file leaves out stays.

Teams, applications and numbers change at once; policies become drafts, or versions where a reason is given.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from recordings_site.accounts import audit
from recordings_site.accounts.actions import create_team
from recordings_site.accounts.models import Team, User
from recordings_site.base.formatting import counted
from recordings_site.policies.engine.schema.parsing import DocumentError, Problem
from recordings_site.policies.numbers import actions as numbers
from recordings_site.policies.numbers.file_lines import FileLine
from recordings_site.policies.numbers.file_plan import Defaults, PlannedLine, plan
from recordings_site.policies.setup.applications import import_application
from recordings_site.policies.setup.file import NUMBER_FIELDS, Setup
from recordings_site.policies.setup.policies import import_policy


@dataclass(frozen=True)
class Step:
    """What an import does to one thing: "policy Support", "published as version 2", and the difference in words."""

    what: str
    done: str
    differences: tuple[str, ...] = ()

    def lines(self) -> list[str]:
        """As it is printed."""
        return [f"{self.what}: {self.done}", *(f"  {each}" for each in self.differences)]


@transaction.atomic
def import_setup(setup: Setup, *, reason: str = "", by: User | None = None, dry_run: bool = False) -> list[Step]:
    """Do it, all or nothing, and return each difference; nothing is kept of a dry run.

    DocumentError names each wrong field of everything in the file. Raises Refused for what needs another admin and
    names none who asks.
    """
    steps: list[Step] = []
    problems: list[Problem] = []
    steps += [Step(f"team {name}", "added") for name in setup.teams if _is_added(name, by)]
    policies = {name: _policy(data, reason, by) for name, data in setup.policies.items()}
    applications = {name: _application(data, by) for name, data in setup.applications.items()}
    for noun, found in (("policy", policies), ("application", applications)):
        for name, do in found.items():
            try:
                done = do(name)
            except DocumentError as error:
                problems += error.problems
            else:
                steps += [Step(f"{noun} {name}", done[0], tuple(done[1:]))] if done else []
    # Numbers name what is above: unless that is there, each of them would be wrong as well.
    if not problems:
        steps += _numbers(setup.numbers, problems, by)
    if problems:
        raise DocumentError(problems)
    if steps:
        data = {"reason": reason, "changes": len(steps), "changed": [each.what for each in steps[:100]]}
        audit.record(by=by, action="setup.imported", data=data)
    transaction.set_rollback(dry_run)
    return steps


def _policy(data: Mapping[str, Any], reason: str, by: User | None) -> Callable[[str], list[str]]:
    return lambda name: import_policy(name, data, reason=reason, by=by)


def _application(data: Mapping[str, Any], by: User | None) -> Callable[[str], list[str]]:
    return lambda name: import_application(name, data, by=by)


def _is_added(name: str, by: User | None) -> bool:
    if Team.objects.named(name.strip()).exists():
        return False
    create_team(by=by, name=name)
    return True


def _numbers(data: Mapping[str, Mapping[str, Any]], problems: list[Problem], by: User | None) -> list[Step]:
    lines = [_line(place, number, facts, problems) for place, (number, facts) in enumerate(data.items(), 1)]
    if problems or not lines:
        return []
    planned = plan(lines, Defaults())
    names = list(data)
    problems += [
        Problem(f"numbers.{names[each.line - 1]}.{field}".removesuffix(".number"), text)
        for each in planned.of("rejected")
        for field, text in each.problems
    ]
    if problems:
        return []
    words = f"Setup import with {counted(len(lines), 'number')}"
    made = numbers.change_numbers(by=by, words=words, wanted=planned.wanted, new=planned.new)
    waits = "changed; some changes are waiting for another admin’s approval" if made.waiting else "changed"
    return [
        *(Step(f"number {each.number}", "added", _parts(each)) for each in planned.of("add")),
        *(Step(f"number {each.number}", waits, _parts(each)) for each in planned.of("change")),
    ]


def _parts(line: PlannedLine) -> tuple[str, ...]:
    return tuple(f"{field}: {before or 'none'} → {after or 'none'}" for field, before, after in line.parts)


def _line(place: int, number: str, facts: Mapping[str, Any], problems: list[Problem]) -> FileLine:
    """A number as a line of a file: null and the empty text clear a field."""
    path = f"numbers.{number}"
    problems += _wrong(path, facts)
    cells: dict[str, str | None] = {"number": number}
    cells |= {name: facts[name] or None for name in NUMBER_FIELDS if name in facts}
    return FileLine(place, cells)


def _wrong(path: str, facts: Mapping[str, Any]) -> Iterable[Problem]:
    for name, value in facts.items():
        if name not in NUMBER_FIELDS:
            yield Problem(f"{path}.{name}", "isn’t a known field; remove it or correct the spelling")
        elif not isinstance(value, str | None):
            yield Problem(f"{path}.{name}", "must be text or null")
