"""Reads a file of numbers: CSV with a head line, one number a line, with label, team and policy."""

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar

from recordings_site.accounts.models import Team
from recordings_site.base import phone_numbers
from recordings_site.base.phone_numbers import NumberError
from recordings_site.policies.applications.actions_connect import Imported
from recordings_site.policies.models import PhoneNumber, Policy

COLUMNS = ("number", "label", "team", "policy")
MOST = 5000
T = TypeVar("T")
# A first line with which Excel is told the separator.
_SEPARATOR = re.compile(r'"?sep=(.)"?', re.IGNORECASE)


@dataclass(frozen=True)
class Read:
    """What a file holds: the new numbers, how many are known already, and what is wrong, line by line."""

    numbers: tuple[Imported, ...]
    known: int
    problems: tuple[str, ...]


class FileError(ValueError):
    """Why a file cannot be read at all."""


def decoded(data: bytes) -> str:
    """The text of a file as spreadsheets save it: UTF-8, or UTF-16 with its mark. Raises FileError."""
    try:
        return data.decode("utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    except UnicodeDecodeError:
        raise FileError("The file isn’t UTF-8. Save it as CSV UTF-8.") from None


def read(text: str, *, team: Team | None = None, policy: Policy | None = None, country: str = "") -> Read:
    """Read a file; `team` and `policy` stand where a line names none. Nothing is written.

    `country` is where numbers without a country code belong.
    """
    try:
        return _rows(_lines(text), team, policy, country)
    except FileError as problem:
        return Read((), 0, (str(problem),))
    except csv.Error as error:
        return Read((), 0, (f"The file cannot be read as CSV: {error}.",))


def _lines(text: str) -> Iterator[tuple[int, dict[str, str]]]:
    """The lines that hold anything, each with its number in the file. Raises FileError."""
    text = text.lstrip("\ufeff").replace("\0", "")
    first, _, rest = text.partition("\n")
    skipped, delimiter = 0, ""
    # Of the line `sep=\t` a form that trims leaves `sep=`.
    if (named := _SEPARATOR.fullmatch(first.rstrip("\r\n"))) or first.strip().lower() == "sep=":
        text, skipped, delimiter = rest, 1, named[1] if named else "\t"
    head_line = next((line for line in text.splitlines() if line.strip()), "")
    if not head_line:
        raise FileError("The file is empty.")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter or max(",;\t", key=head_line.count))
    head: list[str] = []
    for place, cells in enumerate(reader):
        if place > MOST:
            raise FileError(f"The file has more than {MOST} lines: split it.")
        if not head:
            head = _head(cells)
        elif any(cell.strip() for cell in cells):
            yield reader.line_num + skipped, dict(zip(head, (cell.strip() for cell in cells), strict=False))


def _head(cells: list[str]) -> list[str]:
    head = [cell.strip().lower() for cell in cells]
    if any(head) and "number" not in head:
        raise FileError(f"The first line must contain the column names: {', '.join(COLUMNS)}. Only number is required.")
    return head if any(head) else []


def _rows(rows: Iterator[tuple[int, dict[str, str]]], team: Team | None, policy: Policy | None, country: str) -> Read:
    teams = {found.name.lower(): found for found in Team.objects.all()}
    policies = {found.name.lower(): found for found in Policy.objects.listed()}
    known = set(PhoneNumber.objects.in_use().values_list("digits", flat=True))
    found: dict[str, Imported] = {}
    problems: list[str] = []
    already = 0
    for line, row in rows:
        cells = {name: row.get(name, "") for name in COLUMNS}
        own_team = _named(cells["team"], teams, team)
        own_policy = _named(cells["policy"], policies, policy)
        try:
            number = phone_numbers.read(cells["number"], country)
        except NumberError as error:
            problems.append(f"Line {line}: “{cells['number'][:40]}” {error}.")
            continue
        if number in found:
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
