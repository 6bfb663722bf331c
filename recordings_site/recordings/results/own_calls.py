"""Examples of searches, out of the newest calls of whoever is about to search."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils import timezone

from recordings_site.accounts.models import User
from recordings_site.base.text import digits_of
from recordings_site.recordings.criteria import limited_scope
from recordings_site.recordings.criteria.dates import span_of
from recordings_site.recordings.criteria.registry import TAGS
from recordings_site.recordings.models import CallSummary, RecordingJob, State
from recordings_site.recordings.search import quoted
from recordings_site.web import keyset

_SCANNED = 10  # newest calls
_WORD = re.compile(r"[^\W\d_]+")
_SHORTEST_WORD = 5  # letters of a word that is worth searching for
_IN_PHRASE = 3  # words


@dataclass(frozen=True, slots=True)
class Example:
    """A query that finds something, and what it looks for."""

    query: str
    finds: str


def newest(user: User, most: int) -> Sequence[RecordingJob]:
    """Return the newest playable recordings that the user may see."""
    available = RecordingJob.objects.filter(state=State.AVAILABLE)
    rows = RecordingJob.objects.visible_to(user).filter(state=State.AVAILABLE)
    numbers = limited_scope.numbers_of(user)
    source = limited_scope.PerNumberSource(rows, available, numbers, "happened_at") if numbers is not None else None
    return keyset.page(rows, order=("happened_at", "id"), size=most, source=source).rows


def examples(user: User) -> Iterator[Example]:
    """Yield a word, a phrase, a part of a number and a tag, each with the newest call that has it."""
    calls, now = newest(user, _SCANNED), timezone.now()
    excerpts = CallSummary.objects.in_bulk([each.pk for each in calls])
    for each in calls:
        words = _WORD.findall(excerpts[each.pk].excerpt.lower()) if each.pk in excerpts else []
        # "yesterday" would look like a date to search by.
        telling = (word for word in words if span_of(word, now=now, zone=user.zone) is None)
        word = max(telling, key=len, default="")
        if len(word) >= _SHORTEST_WORD:
            yield Example(word, "Calls in which this was said, in any form")
            start = max(words.index(word) + 1 - _IN_PHRASE, 0)
            yield Example(f'"{" ".join(words[start : start + _IN_PHRASE])}"', "Exactly these words, in this order")
            break
    caller = next((digits for each in calls if len(digits := digits_of(each.caller)) > 4), "")
    if caller:
        yield Example(caller[-4:], "Calls with these digits in a phone number")
    for tag in TAGS.first(user, 1):
        yield Example(f"tag:{quoted(tag.word)}", "Calls with this tag")
