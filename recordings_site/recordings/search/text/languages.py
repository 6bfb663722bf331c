"""The languages of the indexed transcripts: searches stem words in all of them."""

from recordings_site.base.lru import Lru
from recordings_site.recordings.models import IndexedLanguage

# Kept for 5 seconds: a language that another process learns is found that much later.
_read = Lru[str, tuple[str, ...]](1, seconds=5.0)


def languages() -> tuple[str, ...]:
    """Return the languages, cached for a few seconds."""
    found = _read.get("")
    if found is None:
        found = tuple(IndexedLanguage.objects.values_list("code", flat=True))
        _read.put("", found)
    return found


def learn(language: str) -> None:
    """Store that a transcript of this language is indexed."""
    IndexedLanguage.objects.get_or_create(code=language)
    forget()


def forget() -> None:
    """Clear the cache."""
    _read.clear()
