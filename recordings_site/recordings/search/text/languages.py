"""Knows in which languages transcripts were indexed: each search stems its words in all of them."""

import time

from recordings_site.recordings.models import SpokenLanguage

# Seconds for which a process believes what it read: a new language is found that much later by the others.
BELIEVED = 5.0
_read: tuple[float, tuple[str, ...]] = (float("-inf"), ())


def languages() -> tuple[str, ...]:
    """The languages, at most a few seconds old: a query less for each search."""
    global _read
    if time.monotonic() - _read[0] > BELIEVED:
        _read = (time.monotonic(), tuple(SpokenLanguage.objects.values_list("code", flat=True)))
    return _read[1]


def learn(language: str) -> None:
    """Note that a transcript was indexed in a language."""
    SpokenLanguage.objects.get_or_create(code=language)
    forget()


def forget() -> None:
    """Read them anew at the next search."""
    global _read
    _read = (float("-inf"), ())
