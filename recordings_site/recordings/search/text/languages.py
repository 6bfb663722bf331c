"""Knows in which languages transcripts were indexed: each search stems its words in all of them."""

from recordings_site.base.lru import Lru
from recordings_site.recordings.models import IndexedLanguage

# Kept for 5 seconds: a language that another process learns is found that much later.
_read = Lru[str, tuple[str, ...]](1, seconds=5.0)


def languages() -> tuple[str, ...]:
    """The languages, at most a few seconds old: a query less for each search."""
    found = _read.get("")
    if found is None:
        found = tuple(IndexedLanguage.objects.values_list("code", flat=True))
        _read.put("", found)
    return found


def learn(language: str) -> None:
    """Note that a transcript was indexed in a language."""
    IndexedLanguage.objects.get_or_create(code=language)
    forget()


def forget() -> None:
    """Read them anew at the next search."""
    _read.clear()
