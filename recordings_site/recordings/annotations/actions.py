"""Writes of annotations: comments, tags, speaker names, the transcript's offset, the number of a recording."""

import logging
from smtplib import SMTPRecipientsRefused

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone

from recordings_site.accounts import audit
from recordings_site.accounts.models import User
from recordings_site.calls.models import Call, ConferenceSession
from recordings_site.policies.models import PhoneNumber
from recordings_site.recordings.annotations.mentions import mentioned
from recordings_site.recordings.ingest.actions import index_transcript
from recordings_site.recordings.models import (
    Comment,
    RecordingJob,
    RecordingTag,
    SpeakerName,
    Tag,
    Transcript,
)
from recordings_site.tasks.registry import enqueue
from recordings_site.web.locking import lock

log = logging.getLogger(__name__)


@transaction.atomic
def add_comment(
    *, by: User, recording: RecordingJob, at: float | None, end: float | None, text: str, parent: Comment | None = None
) -> Comment:
    """Add a comment at `at` seconds, on the span to `end`, on the whole recording (None), or in reply to `parent`.

    `@name` mentions a user who can see the recording.
    """
    if parent is not None:
        at, end = parent.at, None
    comment = Comment.objects.create(recording=recording, author=by, at=at, end=end, text=text, parent=parent)
    people = mentioned(text, recording)
    comment.mentions.set(people)
    data = {"at": at, "end": end, "mentions": [person.email for person in people]}
    if parent is not None:
        data["replies_to"] = parent.pk
    audit.record(by=by, action="comment.added", subject=recording, data=data)
    if people:
        enqueue("comment.notify_mentioned", comment.pk)
    return comment


@transaction.atomic
def edit_comment(*, by: User, comment: Comment, text: str) -> None:
    """Change a comment's text; the audit trail keeps what it was. Who is mentioned now sees it in their inbox."""
    lock(comment)
    data = {"comment": comment.pk, "from": comment.text, "to": text}
    comment.text, comment.edited_at = text, timezone.now()
    comment.save(update_fields=["text", "edited_at"])
    comment.mentions.set(mentioned(text, comment.recording))
    audit.record(by=by, action="comment.edited", subject=comment.recording, data=data)


@transaction.atomic
def notify_mentioned(comment_id: int) -> int:
    """Mail the users mentioned in a comment, once; return how many mails were accepted. The text is not mailed."""
    comments = Comment.objects.select_related("author", "recording__number")
    comment = comments.select_for_update(of=("self",)).filter(pk=comment_id, notified_at=None).first()
    if comment is None:
        return 0
    mails_sent = 0
    for person in comment.mentions.filter(is_active=True):
        words = {"comment": comment, "person": person, "address": settings.PUBLIC_URL}
        subject = " ".join(f"{comment.author} mentioned you in a comment".split())
        try:
            mails_sent += send_mail(
                subject, render_to_string("recordings/annotations/mention.txt", words), None, [person.email]
            )
        except SMTPRecipientsRefused:  # a retry would mail the others again
            log.warning("The email about a mention to %s could not be sent.", person.email)
    comment.notified_at = timezone.now()
    comment.save(update_fields=["notified_at"])
    return mails_sent


@transaction.atomic
def resolve_comment(*, by: User, comment: Comment, resolved: bool) -> None:
    """Resolve a comment, or reopen it."""
    lock(comment)
    comment.resolved_at = timezone.now() if resolved else None
    comment.resolved_by = by if resolved else None
    comment.save(update_fields=["resolved_at", "resolved_by"])
    action = "comment.resolved" if resolved else "comment.reopened"
    audit.record(by=by, action=action, subject=comment.recording, data={"comment": comment.pk})


@transaction.atomic
def delete_comment(*, by: User, comment: Comment) -> None:
    """Delete a comment that nobody replied to; the audit trail keeps its text."""
    data = {"comment": comment.pk, "at": comment.at, "text": comment.text}
    audit.record(by=by, action="comment.deleted", subject=comment.recording, data=data)
    comment.delete()


@transaction.atomic
def tag_recording(*, by: User, recording: RecordingJob, name: str) -> RecordingTag:
    """Tag a recording, creating the tag if it is new. Idempotent."""
    tag, _ = Tag.objects.get_or_create(name=name)
    tagging, made = RecordingTag.objects.get_or_create(recording=recording, tag=tag, defaults={"author": by})
    if made:
        audit.record(by=by, action="recording.tagged", subject=recording, data={"tag": tag.name})
    return tagging


@transaction.atomic
def untag_recording(*, by: User, tagging: RecordingTag) -> None:
    """Remove a tag from a recording."""
    audit.record(by=by, action="recording.untagged", subject=tagging.recording, data={"tag": tagging.tag.name})
    tagging.delete()


@transaction.atomic
def name_speaker(
    *, by: User, recording: RecordingJob, speaker_label: str, name: str, for_number: bool, side: str = ""
) -> SpeakerName:
    """Say who a speaker of this recording, or of all recordings of its number, is: a name, a side (models.Side), both.

    Without either the label is shown again.

    A name for the number also applies to earlier recordings: a worker reindexes them.
    """
    number = recording.number if for_number else None
    row = SpeakerName.objects.create(
        recording=None if number else recording,
        number=number,
        speaker_label=speaker_label,
        name=name,
        side=side,
        author=by,
    )
    data = {"speaker": speaker_label, "name": name, "side": side, "for": str(number) if number else "this recording"}
    audit.record(by=by, action="speaker.named", subject=recording, data=data)
    enqueue("transcript.index", recording.pk)
    if number is not None:
        enqueue("transcripts.index_number", number.pk)
    return row


@transaction.atomic
def set_transcript_offset(*, by: User, transcript: Transcript, offset: float) -> None:
    """Shift all lines by `offset` seconds, because the transcript runs early or late."""
    lock(transcript)
    before, transcript.offset = transcript.offset, offset
    transcript.save(update_fields=["offset"])
    audit.record(by=by, action="transcript.nudged", subject=transcript.recording, data={"from": before, "to": offset})
    enqueue("transcript.index", transcript.recording_id)


@transaction.atomic
def record_export(
    *, by: User, recording: RecordingJob, export_format: str, span: tuple[float, float] | None = None
) -> None:
    """Audit that the transcript was exported in this format, of a clip which seconds."""
    seconds = {"start": round(span[0], 2), "end": round(span[1], 2)} if span else {}
    audit.record(by=by, action="transcript.exported", subject=recording, data={"form": export_format, **seconds})


@transaction.atomic
def assign_number(recording: RecordingJob, *, number: PhoneNumber, by: User) -> RecordingJob:
    """Assign a recording, and its call, to a number: its team can see them from now on."""
    job = RecordingJob.objects.select_for_update().get(pk=recording.pk)
    job.number = number
    job.save(update_fields=("number",))
    for model, pk in ((Call, job.call_id), (ConferenceSession, job.conference_session_id)):
        if pk is not None:
            model._default_manager.filter(pk=pk, number=None).update(number=number)
    if Transcript.objects.filter(recording=job).exists():
        enqueue("transcript.index", job.pk)
    audit.record(by=by, action="recording.assigned", subject=job, data={"number": number.e164})
    return job


def index_number(number_id: int) -> int:
    """Reindex every transcript of a number after its speaker names changed. Return how many."""
    count = 0
    for pk in Transcript.objects.filter(recording__number=number_id).values_list("pk", flat=True):
        index_transcript(Transcript.objects.select_related("recording").get(pk=pk))
        count += 1
    return count
