"""The list of the palette."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from recordings_site.accounts import access
from recordings_site.accounts.access import Request
from recordings_site.recordings.palette.queries import entries_for, shown

LONGEST = 200  # characters


@require_safe
@access.signed_in
def palette(request: Request) -> HttpResponse:
    """Where the text may lead, as options of a list; opened by itself this is no page."""
    text = request.GET.get("go", "")[:LONGEST].replace("\0", "").strip()
    entries = entries_for(text, request.user)
    context = {"entries": shown(entries) if text else entries}
    answer = render(request, "recordings/palette/_entries.html", context, content_type="text/plain; charset=utf-8")
    answer["Cache-Control"] = "private, no-store"
    return answer
