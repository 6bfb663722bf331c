"""URLs of a recording's page: the time it opens at, the text to find, the list it was opened from."""

from urllib.parse import urlencode
from uuid import UUID

from django.urls import reverse

from recordings_site.base.formatting import timecode


def recording_url(
    pk: UUID, *, words: str = "", start: float | None = None, end: float | None = None, list_name: str | None = None
) -> str:
    """Return a recording's URL: start and end in seconds, words to find, the list's name (recordings.neighbours)."""
    times = {name: timecode(seconds) for name, seconds in (("t", start), ("end", end)) if seconds is not None}
    query = ({"q": words} if words else {}) | times | ({} if list_name is None else {"list": list_name})
    path = reverse("recording", args=[pk])
    return f"{path}?{urlencode(query)}" if query else path
