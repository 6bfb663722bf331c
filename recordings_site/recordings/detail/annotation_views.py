"""Where people add to a recording: comments, tags, corrections, names of speakers, the transcript's offset.

Each view does one thing and goes back to the recording's page, at the moment in question; htmx follows and gets the
notes alone.
"""

from uuid import UUID

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from recordings_site.accounts import access
from recordings_site.accounts.models import Role
from recordings_site.recordings.annotations import actions as annotations
from recordings_site.recordings.annotations.forms import (
    AssignNumberForm,
    CommentForm,
    CorrectionForm,
    OffsetForm,
    RevertForm,
    SelectedSpan,
    SpeakerForm,
    TagForm,
)
from recordings_site.recordings.detail.recording_detail import recording_page
from recordings_site.recordings.links import recording_url
from recordings_site.recordings.models import Comment, RecordingJob, RecordingTag, Transcript, TranscriptLine
from recordings_site.web.http import Request, page_or_partial


@require_POST
@access.signed_in
def comment(request: Request, recording_id: UUID) -> HttpResponse:
    """Add a comment at a moment or on a span."""
    recording = _recording(request, recording_id)
    form = CommentForm(request.POST)
    if not form.is_valid():
        return _again(request, recording, form)
    annotations.add_comment(by=request.user, recording=recording, **form.cleaned_data)
    return _back(request, recording)


@require_POST
@access.signed_in
def comment_resolve(request: Request, recording_id: UUID, comment_id: int) -> HttpResponse:
    """Resolve a comment, or open it again."""
    recording = _recording(request, recording_id)
    found = get_object_or_404(Comment.objects.select_related("recording"), pk=comment_id, recording=recording)
    annotations.resolve_comment(by=request.user, comment=found, resolved=found.resolved_at is None)
    return _back(request, recording)


@require_POST
@access.signed_in
def comment_delete(request: Request, recording_id: UUID, comment_id: int) -> HttpResponse:
    """Delete one's own comment; supervisors and admins may delete any."""
    recording = _recording(request, recording_id)
    comments = Comment.objects.select_related("recording")
    if request.user.role not in (Role.SUPERVISOR, Role.ADMIN):
        comments = comments.filter(author=request.user)
    found = get_object_or_404(comments, pk=comment_id, recording=recording)
    annotations.delete_comment(by=request.user, comment=found)
    return _back(request, recording)


@require_POST
@access.supervisor_or_admin
def tag(request: Request, recording_id: UUID) -> HttpResponse:
    """Put a tag on the recording."""
    recording = _recording(request, recording_id)
    form = TagForm(request.POST)
    if not form.is_valid():
        return _again(request, recording, form)
    annotations.tag_recording(by=request.user, recording=recording, name=form.cleaned_data["name"])
    return _back(request, recording)


@require_POST
@access.supervisor_or_admin
def untag(request: Request, recording_id: UUID, tagging_id: int) -> HttpResponse:
    """Take a tag off the recording."""
    recording = _recording(request, recording_id)
    found = get_object_or_404(
        RecordingTag.objects.select_related("tag", "recording"), pk=tagging_id, recording=recording
    )
    annotations.untag_recording(by=request.user, tagging=found)
    return _back(request, recording)


@require_POST
@access.supervisor_or_admin
def correct(request: Request, recording_id: UUID) -> HttpResponse:
    """Correct a line's text; Sinch's own stays beside it."""
    recording = _recording(request, recording_id)
    form = CorrectionForm(request.POST)
    if not form.is_valid():
        return _again(request, recording, form)
    line = _line(recording, form.cleaned_data["position"])
    annotations.correct_line(
        by=request.user, transcript=line.transcript, position=line.position, text=form.cleaned_data["text"]
    )
    return _back(request, recording)


@require_POST
@access.supervisor_or_admin
def revert(request: Request, recording_id: UUID) -> HttpResponse:
    """Return a line to what Sinch heard."""
    recording = _recording(request, recording_id)
    form = RevertForm(request.POST)
    if not form.is_valid():
        return _again(request, recording, form)
    line = _line(recording, form.cleaned_data["position"])
    annotations.revert_line(by=request.user, transcript=line.transcript, position=line.position)
    return _back(request, recording)


@require_POST
@access.supervisor_or_admin
def name_speaker(request: Request, recording_id: UUID) -> HttpResponse:
    """Say who a speaker is, in this recording or in each one of its number."""
    recording = _recording(request, recording_id)
    form = SpeakerForm(request.POST)
    if not form.is_valid():
        return _again(request, recording, form)
    annotations.name_speaker(by=request.user, recording=recording, **form.cleaned_data)
    return _back(request, recording)


@require_POST
@access.supervisor_or_admin
def set_offset(request: Request, recording_id: UUID) -> HttpResponse:
    """Move the transcript against the sound."""
    recording = _recording(request, recording_id)
    transcript = get_object_or_404(Transcript.objects.select_related("recording"), recording=recording)
    form = OffsetForm(request.POST)
    if not form.is_valid():
        return _again(request, recording, form)
    annotations.set_transcript_offset(by=request.user, transcript=transcript, offset=form.cleaned_data["offset"])
    return _back(request, recording)


@require_POST
@access.admin_only
def assign(request: Request, recording_id: UUID) -> HttpResponse:
    """Say to which number a recording belongs of which that is not known."""
    recording = _recording(request, recording_id)
    form = AssignNumberForm(request.POST, user=request.user)
    if recording.number is not None:
        messages.error(request, f"It belongs to {recording.number} already.")
    elif not form.is_valid():
        messages.error(request, str(form.errors["number"][0]))
    else:
        number = form.cleaned_data["number"]
        annotations.assign_number(by=request.user, recording=recording, number=number)
        messages.success(request, f"It belongs to {number} now: {number.team} sees it.")
    return redirect("recording", recording.pk)


def _recording(request: Request, recording_id: UUID) -> RecordingJob:
    return get_object_or_404(RecordingJob.objects.visible_to(request.user).with_facts(), pk=recording_id)


def _line(recording: RecordingJob, position: int) -> TranscriptLine:
    lines = TranscriptLine.objects.select_related("transcript__recording")
    return get_object_or_404(lines, transcript__recording=recording, position=position)


def _back(request: Request, recording: RecordingJob) -> HttpResponse:
    """To the page, at the moment that the form was about, still in the list that one came from."""
    selected = SelectedSpan.of(request.POST)
    url = recording_url(recording.pk, start=selected.t, list_name=request.POST.get("list"))
    response = HttpResponseRedirect(f"{url}#notes")
    response.status_code = 303
    return response


def _again(request: Request, recording: RecordingJob, form: Form) -> HttpResponse:
    """The page, or the notes alone, with what was wrong; nothing typed is lost."""
    page = recording_page(recording, request.user, SelectedSpan.of(request.POST))
    for field, errors in form.errors.items():
        messages.error(request, f"{field.replace('_', ' ').capitalize()}: {' '.join(map(str, errors))}")
    context = {"page": page, "refused": form}
    return page_or_partial(request, "recordings/detail/recording.html", "recordings/annotations/_notes.html", context)
