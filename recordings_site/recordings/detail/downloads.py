"""Downloads: the transcript, or a span of the recording as audio or transcript; permitted by role, each audited."""

from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase, HttpResponseRedirect, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_safe

from recordings_site.accounts import access
from recordings_site.accounts.access import Request
from recordings_site.base.formatting import duration
from recordings_site.recordings.annotations import actions as annotations
from recordings_site.recordings.audio.clip import CannotCut
from recordings_site.recordings.audio.formats import FORMATS
from recordings_site.recordings.detail.annotation_views import visible_recording
from recordings_site.recordings.detail.clip_form import AUDIO, ClipForm
from recordings_site.recordings.models import RecordingJob, Transcript
from recordings_site.recordings.playback import actions
from recordings_site.recordings.playback.clips import open_clip
from recordings_site.recordings.playback.open import PLAYBACK_ERRORS
from recordings_site.recordings.playback.sentences import cannot_cut
from recordings_site.recordings.playback.transcript_file import open_transcript
from recordings_site.recordings.playback.views import attached, error_response
from recordings_site.recordings.transcripts import exports
from recordings_site.recordings.transcripts.lines import ShownLine, shown_lines
from recordings_site.web.connections import release_connections
from recordings_site.web.csv_cells import byte_order_mark


@require_safe
@access.supervisor_or_admin
def transcript_export(request: Request, recording_id: UUID, export_format: str) -> HttpResponseBase:
    """Download the transcript; `sinch` is Sinch's own JSON, unchanged."""
    recording = visible_recording(request, recording_id)
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
        content = mark + chosen.write(recording, shown_lines(transcript)).encode()
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


@require_safe
@access.supervisor_or_admin
def recording_clip(request: Request, recording_id: UUID) -> HttpResponseBase:
    """Download the span `?t=&end=` as audio, or as text or subtitles (`&form=`)."""
    recording = visible_recording(request, recording_id)
    form = ClipForm(request.GET)
    if not form.is_valid():
        return _back(request, recording, form.first_error)
    start, end = form.cleaned_data["t"], form.cleaned_data["end"]
    if form.cleaned_data["form"] == AUDIO:
        return _audio_clip(request, recording, start, end)
    return _transcript_clip(request, recording, form.cleaned_data["form"], start, end)


def _audio_clip(request: Request, recording: RecordingJob, start: float, end: float) -> HttpResponseBase:
    release_connections()
    try:
        clip, opened = open_clip(recording, start, end, body=request.method == "GET")
    except CannotCut as error:
        return _back(request, recording, cannot_cut(error.code))
    except PLAYBACK_ERRORS as error:
        return error_response(request, recording, error)
    try:
        if opened.chunks:
            actions.downloaded(by=request.user, recording=recording, span=(clip.start, clip.end))
    except BaseException:
        opened.close()
        raise
    release_connections()
    ending = FORMATS[exports.format_code(recording)].ending
    return attached(recording, opened, f"{_span(start, end)}.{ending}")


def _transcript_clip(request: Request, recording: RecordingJob, key: str, start: float, end: float) -> HttpResponseBase:
    transcript = get_object_or_404(Transcript.objects.defer("raw"), recording=recording)
    transcript.recording = recording
    chosen = exports.EXPORT_FORMATS[key]
    content = chosen.write(recording, lines_within(shown_lines(transcript), start, end))
    if request.method == "GET":
        annotations.record_export(by=request.user, recording=recording, export_format=key, span=(start, end))
    response = HttpResponse(content, content_type=f"{chosen.content_type}; charset=utf-8")
    return _attached(response, exports.file_name(recording, f"{_span(start, end)}.{chosen.ending}"))


def lines_within(lines: Sequence[ShownLine], start: float, end: float) -> list[ShownLine]:
    """The lines that sound in a span, with times from its beginning."""
    return [
        replace(line, start=max(0.0, line.start - start), end=min(line.end, end) - start)
        for line in lines
        if line.start < end and line.end > start
    ]


def _span(start: float, end: float) -> str:
    """A span as a part of a file's name: "12m04-12m51"."""
    return "-".join(duration(each).replace(":", "m" if each < 3600 else ".") for each in (start, end))


def _back(request: Request, recording: RecordingJob, sentence: str) -> HttpResponse:
    messages.error(request, sentence)
    given = {name: request.GET[name] for name in ("t", "end", "list") if request.GET.get(name)}
    url = reverse("recording", args=[recording.pk])
    return HttpResponseRedirect(f"{url}?{urlencode(given)}" if given else url)


def _attached(response: HttpResponseBase, file_name: str) -> HttpResponseBase:
    response["Content-Disposition"] = f'attachment; filename="{file_name}"'
    response["Cache-Control"] = "private, no-store"
    return response
