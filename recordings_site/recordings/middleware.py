"""Leads from the addresses of a recording that was merged into another one to those of the other."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse

from recordings_site.recordings.models import RecordingJob


def merged_recordings(get_response: Callable[[HttpRequest], HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Middleware: redirect what is not found under the id of a merged recording, with method, body and query."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        if response.status_code != 404 or not request.user.is_authenticated:
            return response
        found = request.resolver_match
        if found is None or not found.url_name or "recording_id" not in found.kwargs:
            return response
        visible = RecordingJob.objects.visible_to(request.user)
        current = visible.filter(merged=found.kwargs["recording_id"]).values_list("pk", flat=True).first()
        if current is None:
            return response
        url = reverse(found.url_name, kwargs={**found.kwargs, "recording_id": current})
        query = request.META.get("QUERY_STRING")
        return HttpResponseRedirect(f"{url}?{query}" if query else url, preserve_request=True)

    return middleware
