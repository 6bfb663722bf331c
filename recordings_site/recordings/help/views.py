"""The help pages."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from recordings_site.accounts import access
from recordings_site.accounts.access import Request
from recordings_site.recordings.criteria.registry import CRITERIA
from recordings_site.recordings.help.topics import topics_for


@require_safe
@access.signed_in
def help_index(request: Request) -> HttpResponse:
    """All topics."""
    return render(request, "recordings/help/index.html", {"topics": topics_for(request.user)})


@require_safe
@access.signed_in
def help_topic(request: Request, slug: str) -> HttpResponse:
    """One topic."""
    topics = topics_for(request.user)
    topic = next((each for each in topics if each.slug == slug), None)
    if topic is None:
        raise Http404
    return render(request, topic.template, {"topic": topic, "topics": topics, "criteria": CRITERIA})
