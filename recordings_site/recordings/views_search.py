"""Searches what was said in all recordings that one may see."""

from urllib.parse import urlencode

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from recordings_site.accounts import access
from recordings_site.recordings.models import IndexedRecording
from recordings_site.recordings.search import find
from recordings_site.recordings.search.language import QueryError, corrected, parse
from recordings_site.web.http import Request, page_or_partial

# A cursor is an id of the index: 64 bits at most.
_LONGEST_CURSOR = 19


@require_safe
@access.signed_in
def search(request: Request) -> HttpResponse:
    """The search page, or its hits alone for htmx. Whatever is typed gives hits or a sentence that helps."""
    text = request.GET.get("q", "").strip()
    context: dict[str, object] = {"q": text, "words": text}
    if text:
        now, zone = timezone.now(), request.user.zone
        meant, error = corrected(text, now=now, zone=zone)
        context |= {"error": error, "meant": meant if error else ""}
        if error:
            context["wrong"] = mark(text, error)
        if meant:
            found = find.find(parse(meant, now=now, zone=zone), user=request.user, before=_cursor(request))
            context |= {"found": found, "words": meant, "older": _older(text, found.older)}
    elif not IndexedRecording.objects.exists():
        context["nothing_indexed"] = True
    return page_or_partial(request, "recordings/search.html", "recordings/_hits.html", context)


def mark(text: str, error: QueryError) -> tuple[str, str, str]:
    """The typed query cut around the place of its error."""
    return text[: error.start], text[error.start : error.end], text[error.end :]


def _cursor(request: Request) -> int | None:
    text = request.GET.get("cursor", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < _LONGEST_CURSOR else None


def _older(text: str, older: int | None) -> str:
    return f"?{urlencode({'q': text, 'cursor': older})}" if older is not None else ""
