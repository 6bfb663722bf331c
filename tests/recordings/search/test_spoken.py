"""What was said is found by what people type, on both databases: hundreds of lines by hand in thirty languages.

The comparison with plain Python (test_same_hits) takes its tokens from the search and is blind to what they miss.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

import pytest

from recordings_site.recordings import search
from tests import factories

pytestmark = pytest.mark.django_db
SPOKEN = Path(__file__).with_name("spoken.txt")


class Triple(NamedTuple):
    """A line as it was said in a locale, what was typed, and whether that finds it."""

    locale: str
    said: str
    typed: str
    found: bool


def triples() -> Iterator[Triple]:
    """Those of spoken.txt."""
    locale = said = ""
    for row in SPOKEN.read_text(encoding="utf-8").split("\n"):
        if row.startswith("["):
            locale = row.strip("[]")
        elif row.startswith(("  + ", "  - ")):
            yield Triple(locale, said, row[4:], row[2] == "+")
        elif row and not row.startswith("#"):
            said = row


def test_there_are_hundreds_in_many_languages_of_both_kinds() -> None:
    made = list(triples())
    assert len(made) == len(set(made)) >= 300
    assert len({each.locale for each in made}) >= 12
    assert min(sum(each.found is kind for each in made) for kind in (True, False)) >= 100


def test_what_was_said_is_found_by_what_is_typed_and_marked() -> None:
    admin, zone = factories.admin(), ZoneInfo("UTC")
    recordings = {}
    for locale, said in dict.fromkeys((each.locale, each.said) for each in triples()):
        recordings[locale, said] = factories.recording()
        search.index(factories.transcript(recordings[locale, said], [(0.0, "Speaker 1", said)], locale=locale))
    wrong = []
    for each in triples():
        asked = search.read(each.typed, now=datetime.now(UTC), zone=zone)
        hits = search.find(asked.node, user=admin, size=200).hits if asked.node else []
        marked = {hit.recording.pk: any(line.words for line in hit.lines) for hit in hits}
        found = marked.get(recordings[each.locale, each.said].pk)
        if (found is not None) is not each.found or found is False or asked.error:
            wrong.append((*each, "marked" if found else "not marked" if found is False else "not found", asked.error))
    assert not wrong, "\n".join(map(str, wrong))
