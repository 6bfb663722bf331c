"""Suggests rows to who picks one by typing."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from recordings_site.accounts.access import Request, signed_in
from recordings_site.accounts.picking.choices import KINDS


@require_safe
@signed_in
def choices(request: Request, kind: str) -> HttpResponse:
    """The rows of a kind that this person may pick and that a text may mean, at most 20.

    The text comes under the name of the input in which it was typed.
    """
    if kind not in KINDS:
        raise Http404
    typed = next((str(text) for text in request.GET.values()), "")
    context = {"choices": KINDS[kind].suggested(typed[:200], request.user)}
    # Options that htmx puts into a list: opened by itself this is no page.
    answer = render(request, "_choices.html", context, content_type="text/plain; charset=utf-8")
    answer["Cache-Control"] = "private, no-store"
    return answer
