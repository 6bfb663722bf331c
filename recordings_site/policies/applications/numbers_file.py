"""Reads a file of numbers: CSV with a head line, one number a line, with label, team and policy."""

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

from recordings_site.accounts.models import Team
from recordings_site.base.formatting import digits
from recordings_site.policies.applications.actions_connect import Imported
from recordings_site.policies.models import PhoneNumber, Policy

COLUMNS = ("number", "label", "team", "policy")
MOST = 5000
T = TypeVar("T")
_E164 = re.compile(r"[1-9][0-9]{5,14}")


@dataclass(frozen=True)
class Read:
    """What a file holds: the new numbers, how many are known already, and what is wrong, line by line."""

    numbers: tuple[Imported, ...]
    known: int
    problems: tuple[str, ...]


def read(text: str, *, team: Team | None = None, policy: Policy | None = None) -> Read:
    """Read a file; `team` and `policy` stand where a line names none. Nothing is written."""
    lines = text.lstrip("\ufeff").replace("\0", "").splitlines()
    if not lines:
        return Read((), 0, ("The file is empty.",))
    delimiter = max(",;\t", key=lines[0].count)
    head = [cell.strip().lower() for cell in next(csv.reader(lines[:1], delimiter=delimiter))]
    if "number" not in head:
        return Read((), 0, (f"The first line must name the columns: {', '.join(COLUMNS)}. Only number is required.",))
    if len(lines) > MOST + 1:
        return Read((), 0, (f"The file has more than {MOST} lines: split it.",))
    try:
        return _rows(list(csv.DictReader(lines[1:], head, delimiter=delimiter)), team, policy)
    except csv.Error as error:
        return Read((), 0, (f"The file cannot be read as CSV: {error}.",))


def _rows(rows: list[dict[str, str]], team: Team | None, policy: Policy | None) -> Read:
    teams = {found.name.lower(): found for found in Team.objects.all()}
    policies = {found.name.lower(): found for found in Policy.objects.listed()}
    known = set(PhoneNumber.objects.in_use().values_list("digits", flat=True))
    found: dict[str, Imported] = {}
    problems: list[str] = []
    already = 0
    for line, row in enumerate(rows, start=2):
        cells = {name: (row.get(name) or "").strip() for name in COLUMNS}
        if not any(cells.values()):
            continue
        number = digits(cells["number"])
        own_team = _named(cells["team"], teams, team)
        own_policy = _named(cells["policy"], policies, policy)
        if not _E164.fullmatch(number):
            problems.append(f"Line {line}: “{cells['number'][:40]}” is no number with its country code.")
        elif number in found:
            problems.append(f"Line {line}: +{number} is in the file twice.")
        elif own_team is None:
            what = f"there is no team “{cells['team'][:40]}”" if cells["team"] else "it names no team"
            problems.append(f"Line {line}: {what}. Teams: {', '.join(t.name for t in teams.values()) or 'none yet'}.")
        elif cells["policy"] and own_policy is None:
            names = ", ".join(p.name for p in policies.values())
            problems.append(
                f"Line {line}: there is no policy “{cells['policy'][:40]}”. Policies: {names or 'none yet'}."
            )
        elif number in known:
            already += 1
        else:
            found[number] = Imported(number, own_team, cells["label"][:100], own_policy)
    return Read(tuple(found.values()), already, tuple(problems))


def _named(name: str, among: Mapping[str, T], otherwise: T | None) -> T | None:
    return among.get(name.lower()) if name else otherwise
