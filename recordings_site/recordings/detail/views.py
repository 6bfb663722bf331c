"""The page of one recording, its original transcript and waveform, and what the player reports."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from recordings_site.accounts import access
from recordings_site.accounts import actions as account_actions
from recordings_site.accounts.access import Request, is_for_partial, page_or_partial
from recordings_site.recordings.annotations.forms import PlaybackProgressForm, PlayerSettingsForm, SelectedSpan
from recordings_site.recordings.audio.waveform import waveform
from recordings_site.recordings.detail import actions
from recordings_site.recordings.detail.annotation_views import visible_recording
from recordings_site.recordings.detail.recording_detail import permissions_of, recording_page
from recordings_site.recordings.models import AudioIndex, RecordingJob, Transcript
from recordings_site.recordings.playback.actions import mark_played, transcript_read
from recordings_site.sinch.json_fields import read_object

# Bytes of a transcript file that are shown as Sinch wrote them: some three hours of talk.
SHOWN = 256 * 1024


@require_safe
@access.signed_in
def recording(request: Request, recording_id: UUID) -> HttpResponse:
    """One recording. `?t=`, `?end=` and `?q=` select a span and a text to find, `?list=` names the list it was opened
    from.
    """
    found = visible_recording(request, recording_id)
    page = recording_page(found, request.user, SelectedSpan.of(request.GET), request.GET.get("list"))
    # htmx asks for the annotations after a change, or for the placeholder of the player while audio is awaited.
    part = "recordings/detail/_silent.html" if request.htmx.target == "silent" else "recordings/annotations/_notes.html"
    if page.transcript is not None and not is_for_partial(request, part):
        transcript_read(by=request.user, recording=found)
    return page_or_partial(request, "recordings/detail/recording.html", part, {"page": page})


@require_safe
@access.signed_in
def recording_original(request: Request, recording_id: UUID) -> HttpResponse:
    """Original transcript from Sinch, without corrections."""
    found = get_object_or_404(RecordingJob.objects.visible_to(request.user), pk=recording_id)
    transcript = get_object_or_404(Transcript, recording=found)
    transcript_read(by=request.user, recording=found)
    raw = bytes(transcript.raw[:SHOWN])
    document = _document(raw)
    context = {
        "recording": found,
        "transcript": transcript,
        "document": document,
        "text": "" if document is not None else raw.decode(errors="replace"),
        "is_cut": len(transcript.raw) > SHOWN,
        "permissions": permissions_of(request.user),
    }
    return render(request, "recordings/detail/original.html", context)


def _document(raw: bytes) -> dict[str, Any] | None:
    """Sinch's JSON; None for what is not JSON, or only its beginning."""
    try:
        return read_object(raw, limit=SHOWN)
    except ValueError:
        return None


@require_safe
@access.signed_in
def recording_peaks(request: Request, recording_id: UUID) -> HttpResponse:
    """The waveform, computed once by the worker."""
    found = get_object_or_404(RecordingJob.objects.visible_to(request.user), pk=recording_id)
    return JsonResponse(waveform(AudioIndex.of(found).peaks, duration=found.duration))


@require_POST
@access.own_affairs
def recording_played(request: Request, recording_id: UUID) -> HttpResponse:
    """Record what the player has played since its last report."""
    found = get_object_or_404(RecordingJob.objects.visible_to(request.user), pk=recording_id)
    form = PlaybackProgressForm(request.POST)
    if not form.is_valid():
        return HttpResponse("Send seconds and position as numbers.", status=400, content_type="text/plain")
    actions.record_playback(by=request.user, recording=found, **form.cleaned_data)
    return HttpResponse(status=204)


@require_POST
@access.own_affairs
def recording_mark_played(request: Request, recording_id: UUID) -> HttpResponse:
    """Mark the recording as played by the user, or with `played=no` as not played."""
    found = get_object_or_404(RecordingJob.objects.visible_to(request.user), pk=recording_id)
    played = request.POST.get("played") != "no"
    mark_played(by=request.user, recordings=[found], played=played)
    if not request.htmx:
        return redirect("recording", found.pk)
    return render(request, "recordings/detail/_played.html", {"recording": found, "played": played})


@require_POST
@access.own_affairs
def player_settings(request: Request) -> HttpResponse:
    """Save the user's player settings: speed, and whether silence is skipped."""
    form = PlayerSettingsForm(request.POST)
    if not form.is_valid():
        return HttpResponse("Choose a speed between 0.5 and 3.", status=400, content_type="text/plain")
    account_actions.remember(by=request.user, player=form.cleaned_data)
    return HttpResponse(status=204)
