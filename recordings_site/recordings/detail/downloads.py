"""Transcript exports: permitted by role, each audited."""

from uuid import UUID

from django.http import Http404, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from recordings_site.accounts import access
from recordings_site.accounts.access import Request
from recordings_site.recordings.annotations import actions as annotations
from recordings_site.recordings.models import RecordingJob, Transcript
from recordings_site.recordings.playback.open import PLAYBACK_ERRORS
from recordings_site.recordings.playback.transcript_file import open_transcript
from recordings_site.recordings.playback.views import error_response
from recordings_site.recordings.transcripts import exports, lines
from recordings_site.web.csv_cells import byte_order_mark


@require_safe
@access.supervisor_or_admin
def transcript_export(request: Request, recording_id: UUID, export_format: str) -> HttpResponseBase:
    """Download the transcript; `sinch` is Sinch's own JSON, unchanged."""
    recording = get_object_or_404(RecordingJob.objects.visible_to(request.user).with_facts(), pk=recording_id)
    transcript = get_object_or_404(Transcript, recording=recording)
    transcript.recording = recording
    if export_format == exports.SINCH_JSON and transcript.is_too_large:
        return _from_store(request, recording)
    if export_format == exports.SINCH_JSON:
        content: bytes = bytes(transcript.raw)
        kind, ending = "application/json", "sinch.json"
    elif export_format in exports.EXPORT_FORMATS:
        chosen = exports.EXPORT_FORMATS[export_format]
        mark = byte_order_mark(request) if chosen.content_type == "text/csv" else b""
        content = mark + chosen.write(recording, lines.shown_lines(transcript)).encode()
        kind, ending = chosen.content_type, chosen.ending
    else:
        raise Http404
    if request.method == "GET":
        annotations.record_export(by=request.user, recording=recording, export_format=export_format)
    response = HttpResponse(content, content_type=f"{kind}; charset=utf-8")
    return _attached(response, exports.file_name(recording, ending))


def _from_store(request: Request, recording: RecordingJob) -> HttpResponseBase:
    """Sinch's own file, of which no copy is kept."""
    try:
        size, chunks = open_transcript(recording)
    except PLAYBACK_ERRORS as error:
        return error_response(request, recording, error)
    try:
        if request.method == "GET":
            annotations.record_export(by=request.user, recording=recording, export_format=exports.SINCH_JSON)
    except BaseException:
        chunks.close()
        raise
    response = StreamingHttpResponse(chunks, content_type="application/json")
    response["Content-Length"] = str(size)
    return _attached(response, exports.file_name(recording, "sinch.json"))


def _attached(response: HttpResponseBase, file_name: str) -> HttpResponseBase:
    response["Content-Disposition"] = f'attachment; filename="{file_name}"'
    response["Cache-Control"] = "private, no-store"
    return response
