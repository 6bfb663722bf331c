"""Serves a recording's audio in byte ranges, or the reason why not; and downloads."""

import logging
import uuid

from django.db import DatabaseError
from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from recordings_site.accounts import access
from recordings_site.accounts.access import Request
from recordings_site.accounts.models import User
from recordings_site.recordings.audio.formats import ENDINGS
from recordings_site.recordings.lifecycle.objects import record_object_version
from recordings_site.recordings.models import RecordingJob
from recordings_site.recordings.playback import accel, actions
from recordings_site.recordings.playback.open import PLAYBACK_ERRORS, AudioRequest, OpenedAudio, Replaced, open_audio
from recordings_site.recordings.playback.sentences import playback_error
from recordings_site.recordings.transcripts import exports
from recordings_site.web.connections import release_connections
from recordings_site.web.error_views import wants_page

log = logging.getLogger(__name__)
# Seconds: more than any recording has.
_LONGEST = 1e9


@require_safe
@access.signed_in
def audio(request: Request, recording_id: uuid.UUID) -> HttpResponseBase:
    """The audio: 200, 206 or 416, or an error. Access is checked for each Range."""
    recording = get_object_or_404(RecordingJob.objects.visible_to(request.user).with_destination(), pk=recording_id)
    release_connections()
    for_nginx = accel.delivers(request, recording)
    wanted = AudioRequest(
        range=request.headers.get("Range"),
        if_range=request.headers.get("If-Range"),
        token=request.GET.get("v"),
        start=_seconds(request.GET.get("from", "")),
        body=request.method == "GET" and not for_nginx,
    )
    try:
        opened = open_audio(recording, wanted)
        response = _answer(recording, opened)
        if for_nginx:
            accel.redirect_to_store(response, recording, opened)
    except Replaced as error:
        record_object_version(recording=recording, stat=error.stat)
        return error_response(request, recording, error)
    except PLAYBACK_ERRORS as error:
        return error_response(request, recording, error)
    try:
        if opened.new_stat:
            record_object_version(recording=recording, stat=opened.new_stat)
        if request.method == "GET" and opened.length:
            actions.audio_opened(by=request.user, recording=recording)
            _audit_what_is_sent(request.user, recording, opened)
    except BaseException:
        opened.close()
        raise
    release_connections()
    return response


def _audit_what_is_sent(user: User, recording: RecordingJob, opened: OpenedAudio) -> None:
    """Have the trail tell when all of it was sent; what nginx fetches by itself counts as sent."""

    def sent(count: int) -> None:
        try:
            actions.audio_sent(by=user, recording=recording, sent=count, size=opened.version.size)
        except DatabaseError:
            log.exception(
                "the audit trail cannot record how much audio of %s was sent to user %s", recording.pk, user.pk
            )
        release_connections()

    if opened.chunks:
        opened.chunks.when_closed(sent)
    else:
        sent(opened.length)


@require_safe
@access.supervisor_or_admin
def download(request: Request, recording_id: uuid.UUID) -> HttpResponseBase:
    """The file as it lies in the store, playable or not, under a name that says what it is."""
    recording = get_object_or_404(RecordingJob.objects.visible_to(request.user).with_facts(), pk=recording_id)
    release_connections()
    try:
        opened = open_audio(recording, AudioRequest(body=request.method == "GET", original=True))
    except PLAYBACK_ERRORS as error:
        return error_response(request, recording, error)
    try:
        if opened.chunks:
            actions.downloaded(by=request.user, recording=recording)
    except BaseException:
        opened.close()
        raise
    release_connections()
    return attached(recording, opened, ENDINGS.get(opened.content_type, recording.format))


def attached(recording: RecordingJob, opened: OpenedAudio, ending: str) -> HttpResponseBase:
    """Return the response as a file to keep, whose name ends in `ending`."""
    response = _answer(recording, opened)
    response["Content-Disposition"] = f'attachment; filename="{exports.file_name(recording, ending)}"'
    return response


def _answer(recording: RecordingJob, opened: OpenedAudio) -> HttpResponseBase:
    """Return the response with its headers, to be shown inline unless the caller changes that."""
    selected = opened.selected
    response: HttpResponseBase
    response = StreamingHttpResponse(opened.chunks) if opened.chunks else HttpResponse()
    response.status_code = selected.status
    response["Content-Type"] = opened.content_type
    response["Content-Length"] = str(opened.length)
    if selected.content_range:
        response["Content-Range"] = selected.content_range
    response["Accept-Ranges"] = "bytes"
    response["ETag"] = opened.version.etag_sent
    response["Content-Disposition"] = f'inline; filename="{recording.pk}.{recording.format}"'
    return _private(response)


def _seconds(given: str) -> float | None:
    """Where to begin, None for what is no number."""
    try:
        seconds = float(given)
    except ValueError:
        return None
    return seconds if 0 <= seconds < _LONGEST else None


def error_response(request: Request, recording: RecordingJob, error: Exception) -> HttpResponse:
    """Return a page for people, a sentence for the player, which sends another Accept."""
    status, sentence = playback_error(recording, error, admin=request.user.oversees)
    if wants_page(request):
        facts = {"recording": recording, "sentence": sentence}
        response = render(request, "recordings/playback/no_audio.html", facts, status=status)
    else:
        response = HttpResponse(sentence, status=status, content_type="text/plain; charset=utf-8")
        _private(response)
    if status == 503:
        response["Retry-After"] = "5"
    return response


def _private(response: HttpResponseBase) -> HttpResponseBase:
    """Forbid caching and execution; headers set here are kept by the middleware."""
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
