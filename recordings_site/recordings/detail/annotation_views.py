"""Views that add to a recording: tags, corrections, names of speakers, the transcript's offset.

Each one redirects to the recording's page, at the time that the form was about; htmx follows and replaces the
annotations alone.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from recordings_site.accounts import access
from recordings_site.accounts.access import Request, is_for_partial, page_or_partial
from recordings_site.recordings.annotations import actions as annotations
from recordings_site.recordings.annotations import corrections, sentences
from recordings_site.recordings.annotations.forms import (
    AssignNumberForm,
    CorrectionForm,
    OffsetForm,
    RevertForm,
    SelectedSpan,
    SpeakerForm,
    TagForm,
)
from recordings_site.recordings.detail.recording_detail import recording_page
from recordings_site.recordings.links import recording_url
from recordings_site.recordings.models import (
    RecordingJob,
    RecordingTag,
    SpeakerName,
    Transcript,
    TranscriptLine,
)
from recordings_site.recordings.playback.actions import transcript_read
from recordings_site.web.undo import Undo, undoable

Change = Callable[[Request, RecordingJob, dict[str, Any]], object]


def annotates(form_class: type[Form]) -> Callable[[Change], Callable[[Request, UUID], HttpResponse]]:
    """Make a view of a function that changes a visible recording with the cleaned data of a posted form.

    A form with errors is shown again with what was typed; a script that posted it gets the errors as a sentence.
    """

    def decorate(change: Change) -> Callable[[Request, UUID], HttpResponse]:
        @wraps(change)
        def view(request: Request, recording_id: UUID) -> HttpResponse:
            recording = visible_recording(request, recording_id)
            form = form_class(request.POST)
            if not form.is_valid():
                return _again(request, recording, form)
            change(request, recording, form.cleaned_data)
            return HttpResponse(status=204) if _by_script(request) else back(request, recording)

        return view

    return decorate


@require_POST
@access.supervisor_or_admin
@annotates(TagForm)
def tag(request: Request, recording: RecordingJob, data: dict[str, Any]) -> None:
    """Put a tag on the recording."""
    annotations.tag_recording(by=request.user, recording=recording, name=data["name"])


@require_POST
@access.supervisor_or_admin
def untag(request: Request, recording_id: UUID, tagging_id: int) -> HttpResponse:
    """Take a tag off the recording."""
    recording = visible_recording(request, recording_id)
    found = get_object_or_404(
        RecordingTag.objects.select_related("tag", "recording"), pk=tagging_id, recording=recording
    )
    annotations.untag_recording(by=request.user, tagging=found)
    return back(request, recording)


@require_POST
@access.supervisor_or_admin
@annotates(CorrectionForm)
def correct(request: Request, recording: RecordingJob, data: dict[str, Any]) -> None:
    """Correct a line's text; Sinch's own is kept."""
    line = _line(recording, data["position"])
    corrections.correct_line(by=request.user, transcript=line.transcript, position=line.position, text=data["text"])


@require_POST
@access.supervisor_or_admin
@annotates(RevertForm)
def revert(request: Request, recording: RecordingJob, data: dict[str, Any]) -> None:
    """Restore Sinch's text of a line."""
    line = _line(recording, data["position"])
    corrections.revert_line(by=request.user, transcript=line.transcript, position=line.position)


@require_POST
@access.supervisor_or_admin
@annotates(SpeakerForm)
def name_speaker(request: Request, recording: RecordingJob, data: dict[str, Any]) -> None:
    """Say who a speaker is in this recording, or in all recordings of its number."""
    number = recording.number_id if data["for_number"] else None
    before = SpeakerName.objects.said_before(recording.pk, number, data["speaker_label"])
    row = annotations.name_speaker(by=request.user, recording=recording, **data)
    fields = {
        "speaker_label": row.speaker_label,
        "name": before.name if before else "",
        "side": before.side if before else "",
        "for_number": "on" if number else "",
        "list": request.POST.get("list", ""),
    }
    undo = Undo(reverse("recording_speaker", args=[recording.pk]), tuple(fields.items()))
    undoable(request, sentences.speaker_named(row), undo)


@require_POST
@access.supervisor_or_admin
@annotates(OffsetForm)
def set_offset(request: Request, recording: RecordingJob, data: dict[str, Any]) -> None:
    """Shift the transcript against the audio."""
    transcript = get_object_or_404(Transcript.objects.select_related("recording"), recording=recording)
    annotations.set_transcript_offset(by=request.user, transcript=transcript, offset=data["offset"])


@require_POST
@access.admin_only
def assign(request: Request, recording_id: UUID) -> HttpResponse:
    """Assign a recording without a number to one."""
    recording = visible_recording(request, recording_id)
    form = AssignNumberForm(request.POST, user=request.user)
    if recording.number is not None:
        messages.error(request, f"It’s already assigned to {recording.number}.")
    elif not form.is_valid():
        messages.error(request, str(form.errors["number"][0]))
    else:
        number = form.cleaned_data["number"]
        annotations.assign_number(by=request.user, recording=recording, number=number)
        messages.success(request, f"Assigned to {number}. {number.team} can now see it.")
    return redirect("recording", recording.pk)


def _by_script(request: Request) -> bool:
    """Whether a script of the page posted it, which shows the change itself."""
    return request.headers.get("Accept") == "text/plain"


def visible_recording(request: Request, recording_id: UUID) -> RecordingJob:
    """Return the recording with its facts, or raise Http404 when the user may not see it or there is none."""
    return get_object_or_404(RecordingJob.objects.visible_to(request.user).with_facts(), pk=recording_id)


def _line(recording: RecordingJob, position: int) -> TranscriptLine:
    lines = TranscriptLine.objects.select_related("transcript__recording")
    return get_object_or_404(lines, transcript__recording=recording, position=position)


def back(request: Request, recording: RecordingJob) -> HttpResponse:
    """Redirect to the page at the time that the form was about, keeping the list that the user came from."""
    selected = SelectedSpan.of(request.POST)
    url = recording_url(recording.pk, start=selected.t, list_name=request.POST.get("list"))
    response = HttpResponseRedirect(f"{url}#notes")
    response.status_code = 303
    return response


def _again(request: Request, recording: RecordingJob, form: Form) -> HttpResponse:
    """Show the page, or the annotations alone, with the errors and what was typed."""
    if _by_script(request):
        sentence = " ".join(str(error) for errors in form.errors.values() for error in errors)
        return HttpResponse(sentence, status=400, content_type="text/plain; charset=utf-8")
    for field, errors in form.errors.items():
        messages.error(request, f"{field.replace('_', ' ').capitalize()}: {' '.join(map(str, errors))}")
    return shown_again(request, recording, form, SelectedSpan.of(request.POST))


def shown_again(
    request: Request, recording: RecordingJob, form: Form, selected: SelectedSpan, where: str = "new"
) -> HttpResponse:
    """Show the page, or the annotations alone, with a refused form; `where` tells which of the forms it was."""
    page, part = recording_page(recording, request.user, selected), "recordings/annotations/_notes.html"
    if page.transcript is not None and not is_for_partial(request, part):
        transcript_read(by=request.user, recording=recording)
    context = {"page": page, "refused": form, "refused_where": where}
    return page_or_partial(request, "recordings/detail/recording.html", part, context)
