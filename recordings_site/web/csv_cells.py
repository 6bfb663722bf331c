"""Writes CSV that opens correctly in spreadsheets: harmless cells, and a byte order mark for UTF-8."""

import codecs
import csv
import io
from collections.abc import Iterable

from django.http import HttpRequest

from recordings_site.web.error_views import wants_page

# Spreadsheets run text starting with these as a formula, some also in full width.
DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def escape_formula(value: object) -> str:
    """`value` as text; with an apostrophe before it when a spreadsheet could take it for a formula.

    One that has such an apostrophe already gets another, so that `unescape_formula` gives each text back.
    """
    text = str(value)
    return f"'{text}" if text.lstrip("'").startswith(DANGEROUS) else text


def unescape_formula(text: str) -> str:
    """The inverse of `escape_formula`."""
    return text[1:] if text.startswith("'") and text.lstrip("'").startswith(DANGEROUS) else text


def row(cells: Iterable[object]) -> bytes:
    """One row; text is escaped, numbers are unchanged."""
    line = io.StringIO()
    csv.writer(line).writerow([escape_formula(each) if isinstance(each, str) else each for each in cells])
    return line.getvalue().encode()


def byte_order_mark(request: HttpRequest) -> bytes:
    """What stands before the first row: Excel takes a file without it for another encoding, scripts for a letter.

    A browser's download is for a person; scripts do not ask for HTML.
    """
    return codecs.BOM_UTF8 if wants_page(request) else b""
