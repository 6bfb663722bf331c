"""Views of comments: add one or a reply, edit, resolve and delete it, and find whom to mention."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from recordings_site.accounts import access
from recordings_site.accounts.access import Request
from recordings_site.accounts.models import Role
from recordings_site.recordings.annotations import actions as annotations
from recordings_site.recordings.annotations import sentences
from recordings_site.recordings.annotations.forms import CommentForm, SelectedSpan
from recordings_site.recordings.annotations.mentions import handle, people_like
from recordings_site.recordings.detail.annotation_views import back, shown_again, visible_recording
from recordings_site.recordings.models import Comment, RecordingJob
from recordings_site.web.keyset import row_key
from recordings_site.web.undo import Undo, undoable

# People offered for a mention at a time.
OFFERED = 8


@require_POST
@access.signed_in
def comment(request: Request, recording_id: UUID) -> HttpResponse:
    """Add a comment at a time, on a span or on the whole recording; with `parent`, a reply."""
    recording = visible_recording(request, recording_id)
    parent = _comment(recording, row_key(request.POST["parent"]), parent=None) if request.POST.get("parent") else None
    form = CommentForm(request.POST, recording)
    if not form.is_valid():
        span = {"t": request.POST.get("at", ""), "end": request.POST.get("end", "")}
        where = f"reply-{parent.pk}" if parent else "new" if request.POST.get("at") else "whole"
        return shown_again(request, recording, form, SelectedSpan.of(span if where == "new" else {}), where)
    made = annotations.add_comment(by=request.user, recording=recording, parent=parent, **form.cleaned_data)
    undo = Undo(reverse("recording_comment_delete", args=[recording.pk, made.pk]), ())
    undoable(request, sentences.comment_added(made), undo)
    return back(request, recording)


@require_POST
@access.signed_in
def comment_edit(request: Request, recording_id: UUID, comment_id: int) -> HttpResponse:
    """Change the text of one's own comment."""
    recording = visible_recording(request, recording_id)
    found = _comment(recording, comment_id, author=request.user)
    form = CommentForm(request.POST, recording)
    if not form.is_valid():
        return shown_again(request, recording, form, SelectedSpan.of({}), f"edit-{found.pk}")
    before = found.text
    annotations.edit_comment(by=request.user, comment=found, text=form.cleaned_data["text"])
    undo = Undo(reverse("recording_comment_edit", args=[recording.pk, found.pk]), (("text", before), ("anyway", "on")))
    undoable(request, sentences.COMMENT_CHANGED, undo)
    return back(request, recording)


@require_POST
@access.signed_in
def comment_resolve(request: Request, recording_id: UUID, comment_id: int) -> HttpResponse:
    """Resolve a thread, or reopen it."""
    recording = visible_recording(request, recording_id)
    found = _comment(recording, comment_id, parent=None)
    resolved = found.resolved_at is None
    annotations.resolve_comment(by=request.user, comment=found, resolved=resolved)
    undo = Undo(reverse("recording_comment_resolve", args=[recording.pk, found.pk]), ())
    undoable(request, sentences.RESOLVED if resolved else sentences.REOPENED, undo)
    return back(request, recording)


@require_POST
@access.signed_in
def comment_delete(request: Request, recording_id: UUID, comment_id: int) -> HttpResponse:
    """Delete one's own comment; supervisors and admins may delete any. One with replies is kept for them."""
    recording = visible_recording(request, recording_id)
    may_delete_any = request.user.role in (Role.SUPERVISOR, Role.ADMIN)
    found = _comment(recording, comment_id, **({} if may_delete_any else {"author": request.user}))
    if found.replies.exists():
        messages.error(request, sentences.HAS_REPLIES)
    else:
        annotations.delete_comment(by=request.user, comment=found)
        messages.success(request, sentences.COMMENT_DELETED)
    return back(request, recording)


@require_safe
@access.signed_in
def people(request: Request, recording_id: UUID) -> HttpResponse:
    """Those whom a comment may mention, by what was typed after the @ (`?q=`)."""
    recording = visible_recording(request, recording_id)
    found = people_like(recording, request.GET.get("q", ""), besides=request.user, most=OFFERED)
    return JsonResponse({"people": [{"handle": handle(person), "name": str(person)} for person in found]})


def _comment(recording: RecordingJob, comment_id: int, **wanted: object) -> Comment:
    comments = Comment.objects.select_related("recording__number").filter(recording=recording, **wanted)
    return get_object_or_404(comments, pk=comment_id)
