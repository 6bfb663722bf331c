"""Sends a recording's audio in byte ranges, or says why it cannot."""

import uuid

from django.conf import settings
from django.http import Http404, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from recordings_site.accounts import access
from recordings_site.destinations.models import Kind
from recordings_site.destinations.sealing import SealingError
from recordings_site.recordings import actions_playback, playback
from recordings_site.recordings.handing_off import hand_off
from recordings_site.recordings.models import RecordingJob
from recordings_site.recordings.playable import playable
from recordings_site.storage.errors import StoreError
from recordings_site.web.http import Request, wants_page
from recordings_site.web.ranges import Unsatisfiable
from recordings_site.web.release import release_database

AGAIN = "X-Store-Again"
TROUBLES = (StoreError, SealingError, playback.NotAudio, playback.TooManyStreams)


@require_safe
@access.signed_in
def audio(request: Request, recording_id: uuid.UUID) -> HttpResponseBase:
    """The audio of one recording, for who looks at it as a page; players get it at the door (recordings.door)."""
    recording = playable(request.user, recording_id)
    if recording is None:
        raise Http404
    return sent(request, recording)


def sent(request: Request, recording: RecordingJob) -> HttpResponseBase:
    """The audio, 200, 206 or 416, or why there is none; what the person may hear was asked before, each Range anew."""
    opened_lately = actions_playback.opened_lately(by=request.user, recording=recording)
    release_database()
    handing_off = _hands_off(request, recording)
    try:
        opened = playback.open_audio(
            recording,
            range_header=request.headers.get("Range"),
            if_range=request.headers.get("If-Range"),
            mark=request.GET.get("v"),
            body=request.method == "GET" and not handing_off,
        )
        answer = _handed_off(recording, opened) if handing_off else answered(recording, opened)
    except playback.Replaced as error:
        actions_playback.object_seen(recording=recording, stat=error.stat)
        return trouble(request, recording, error)
    except TROUBLES as error:
        return trouble(request, recording, error)
    try:
        if opened.seen:
            actions_playback.object_seen(recording=recording, stat=opened.seen)
        if request.method == "GET" and opened.length and not opened_lately:
            actions_playback.audio_opened(by=request.user, recording=recording)
        release_database()
        return answer
    except BaseException:
        if opened.chunks:
            opened.chunks.close()
        raise


def _hands_off(request: Request, recording: RecordingJob) -> bool:
    """Whether nginx is to fetch the bytes. It comes back with AGAIN when the store did not give them to it."""
    if settings.AUDIO_DELIVERY != "accel" or request.method != "GET" or AGAIN in request.headers:
        return False
    if recording.audio.get("head"):  # nginx cannot put our frame before the store's bytes
        return False
    return recording.destination is not None and recording.destination.kind != Kind.LOCAL


def _handed_off(recording: RecordingJob, opened: playback.Opened) -> HttpResponseBase:
    """Tell nginx (recordings_site/ops/nginx.conf) where and what to fetch; it never shows these headers to anybody."""
    response = answered(recording, opened)
    if isinstance(opened.selected, Unsatisfiable) or not opened.length:
        return response
    found = hand_off(recording, opened.version)
    response["X-Accel-Redirect"] = "/_store"
    response["X-Store-Url"] = found.url
    response["X-Store-If-Match"] = found.if_match
    response["X-Store-Range"] = (
        f"bytes={opened.selected.start}-{opened.selected.stop - 1}" if opened.selected.partial else ""
    )
    response["X-Audio-ETag"] = opened.version.etag
    response["Content-Length"] = "0"
    return response


def answered(recording: RecordingJob, opened: playback.Opened) -> HttpResponseBase:
    """The bytes with the headers that describe them; shown in the page, unless the caller says otherwise."""
    selected = opened.selected
    response: HttpResponseBase
    response = StreamingHttpResponse(opened.chunks) if opened.chunks else HttpResponse()
    response.status_code = selected.status
    response["Content-Type"] = opened.content_type
    response["Content-Length"] = str(opened.length)
    if selected.content_range:
        response["Content-Range"] = selected.content_range
    response["Accept-Ranges"] = "bytes"
    response["ETag"] = opened.version.tag
    response["Content-Disposition"] = f'inline; filename="{recording.pk}.{recording.format}"'
    return _private(response)


def trouble(request: Request, recording: RecordingJob, error: Exception) -> HttpResponse:
    """A page for who looks, a sentence for the player, which asks with another Accept."""
    status, sentence = playback.trouble(recording, error, admin=request.user.sees_all)
    if wants_page(request):
        response = render(
            request, "recordings/no_audio.html", {"recording": recording, "sentence": sentence}, status=status
        )
    else:
        response = HttpResponse(sentence, status=status, content_type="text/plain; charset=utf-8")
        _private(response)
    if status == 503:
        response["Retry-After"] = "5"
    return response


def _private(response: HttpResponseBase) -> HttpResponseBase:
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
