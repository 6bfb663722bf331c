"""Reads a file of numbers as spreadsheets save it: the cells of each line by the names of the first."""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass

from recordings_site.web.csv_cells import unescape_formula

COLUMNS = ("number", "label", "application", "team", "policy", "destination", "language")
MOST = 20_000
CLEAR = "-"
# A first line with which Excel is told the separator.
_SEPARATOR = re.compile(r'"?sep=(.)"?', re.IGNORECASE)


class FileError(ValueError):
    """Why a file cannot be read at all."""


@dataclass(frozen=True, slots=True)
class FileLine:
    """One line: its number in the file, and its cells by column; a column that the file lacks is not among them.

    None stands for a dash, which clears.
    """

    line: int
    cells: dict[str, str | None]

    def cell(self, name: str) -> str:
        """The text of a cell, "" where there is none."""
        return self.cells.get(name) or ""


def decoded(data: bytes) -> str:
    """The text of a file as spreadsheets save it: UTF-8, or UTF-16 with its mark. Raises FileError."""
    try:
        return data.decode("utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    except UnicodeDecodeError:
        raise FileError("The file isn’t UTF-8. Save it as CSV UTF-8.") from None


def lines(text: str) -> list[FileLine]:
    """The lines that hold anything. Raises FileError."""
    try:
        return list(_lines(text))
    except csv.Error as error:
        raise FileError(f"The file can’t be read as CSV: {error}.") from None


def _lines(text: str) -> Iterator[FileLine]:
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
            raise FileError(f"The file has more than {MOST} lines. Split it.")
        if not head:
            head = _head(cells)
        elif any(cell.strip() for cell in cells):
            found = dict(zip(head, map(_cell, cells), strict=False))
            yield FileLine(reader.line_num + skipped, {name: found[name] for name in COLUMNS if name in found})


def _cell(written: str) -> str | None:
    """A cell's text; a text that is a dash itself was exported with an apostrophe before it."""
    text = written.strip()
    return None if text == CLEAR else unescape_formula(text)


def _head(cells: list[str]) -> list[str]:
    head = [cell.strip().lower() for cell in cells]
    if any(head) and "number" not in head:
        raise FileError(f"The first line must contain the column names: {', '.join(COLUMNS)}. Only number is required.")
    if twice := next((name for name in COLUMNS if head.count(name) > 1), ""):
        raise FileError(f"The first line names the column {twice} twice. Keep one of them.")
    return head if any(head) else []
