"""Transcript exports: permitted by role, each audited."""

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from recordings_site.accounts import access
from recordings_site.accounts.access import Request
from recordings_site.recordings.annotations import actions as annotations
from recordings_site.recordings.models import RecordingJob, Transcript
from recordings_site.recordings.transcripts import exports, lines


@require_safe
@access.supervisor_or_admin
def transcript_export(request: Request, recording_id: UUID, export_format: str) -> HttpResponse:
    """Download the transcript; `sinch` is Sinch's own JSON, unchanged."""
    recording = get_object_or_404(RecordingJob.objects.visible_to(request.user).with_facts(), pk=recording_id)
    transcript = get_object_or_404(Transcript, recording=recording)
    transcript.recording = recording
    if export_format == exports.SINCH_JSON:
        content: bytes = bytes(transcript.raw)
        kind, ending = "application/json", "sinch.json"
    elif export_format in exports.EXPORT_FORMATS:
        chosen = exports.EXPORT_FORMATS[export_format]
        content = chosen.write(recording, lines.shown_lines(transcript)).encode()
        kind, ending = chosen.content_type, chosen.ending
    else:
        raise Http404
    if request.method == "GET":
        annotations.record_export(by=request.user, recording=recording, export_format=export_format)
    response = HttpResponse(content, content_type=f"{kind}; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{exports.file_name(recording, ending)}"'
    response["Cache-Control"] = "private, no-store"
    return response
