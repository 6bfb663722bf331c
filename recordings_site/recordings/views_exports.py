"""What leaves the site: the transcript in several forms, the audio as a file. By role, and each is audited."""

from uuid import UUID

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from recordings_site.accounts import access
from recordings_site.recordings import actions_notes, exports, lines, playback, views_audio
from recordings_site.recordings.models import RecordingJob, Transcript
from recordings_site.web.http import Request
from recordings_site.web.release import release_database


@require_safe
@access.supervisor_or_admin
def transcript_export(request: Request, recording_id: UUID, form: str) -> HttpResponse:
    """The transcript as a file; `sinch` is Sinch's own JSON, untouched."""
    recording = get_object_or_404(RecordingJob.objects.visible_to(request.user).with_facts(), pk=recording_id)
    transcript = get_object_or_404(Transcript, recording=recording)
    transcript.recording = recording
    if form == exports.SINCH:
        content: bytes = bytes(transcript.raw)
        kind, ending = "application/json", "sinch.json"
    elif form in exports.FORMS:
        chosen = exports.FORMS[form]
        content = chosen.write(recording, lines.shown_lines(transcript)).encode()
        kind, ending = chosen.content_type, chosen.ending
    else:
        raise Http404
    if request.method == "GET":
        actions_notes.exported(by=request.user, recording=recording, form=form)
    response = HttpResponse(content, content_type=f"{kind}; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{exports.file_name(recording, ending)}"'
    response["Cache-Control"] = "private, no-store"
    return response


@require_safe
@access.supervisor_or_admin
def audio_download(request: Request, recording_id: UUID) -> HttpResponseBase:
    """The whole audio as a file with a name that says what it is."""
    recording = get_object_or_404(RecordingJob.objects.visible_to(request.user).with_facts(), pk=recording_id)
    release_database()
    try:
        opened = playback.open_audio(
            recording, range_header=None, if_range=None, mark=None, body=request.method == "GET"
        )
    except views_audio.TROUBLES as error:
        return views_audio.trouble(request, recording, error)
    try:
        if opened.chunks:
            actions_notes.downloaded(by=request.user, recording=recording)
        release_database()
        response = views_audio.answered(recording, opened)
    except BaseException:
        if opened.chunks:
            opened.chunks.close()
        raise
    ending = "wav" if opened.content_type == "audio/wav" else "mp3"
    response["Content-Disposition"] = f'attachment; filename="{exports.file_name(recording, ending)}"'
    return response
