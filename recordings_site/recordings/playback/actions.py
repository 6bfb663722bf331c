"""Audits what left the site: audio opened, sent whole or downloaded, transcripts read; marks recordings as played."""

import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from recordings_site.accounts import audit
from recordings_site.accounts.models import AuditEvent, User
from recordings_site.base.lru import Lru
from recordings_site.recordings.models import AudioSent, Listening, RecordingJob

OPENED, SENT, READ = "audio.opened", "audio.sent_whole", "transcript.read"
OPENED_EVERY = timedelta(minutes=30)
# When the trail says that (person, recording) was opened: each seek asks again, and a row of the trail never changes.
WHOLE = 0.9  # of a file's bytes: what is left are tags, or the end
COUNTED_BY = 0.1  # of a file's bytes: what a process may keep to itself
_uncounted = Lru[tuple[int, uuid.UUID], int](4096)
_read = Lru[tuple[int, uuid.UUID], datetime](4096)
_opened = Lru[tuple[int, uuid.UUID], datetime](4096)


def audio_opened(*, by: User, recording: RecordingJob) -> None:
    """Audit that a user opened the audio (fetched, not yet played); once in half an hour."""
    if not _opened_recently(by, recording):
        with transaction.atomic():
            audit.record(by=by, action=OPENED, subject=recording, data={})


def audio_sent(*, by: User, recording: RecordingJob, sent: int, size: int) -> None:
    """Audit that nearly all of the audio has left the site for a user, in one request or several; once in half an hour.

    Whoever may not download could keep what the player's address sends: "opened" alone would not show it. Small ranges
    cost no query: each process adds its own up before it tells the others.
    """
    key = (by.pk, recording.pk)
    total = (_uncounted.get(key) or 0) + sent
    if total >= COUNTED_BY * size:
        _count_sent(by, recording, total, size)
        total = 0
    _uncounted.put(key, total)


@transaction.atomic
def _count_sent(by: User, recording: RecordingJob, sent: int, size: int) -> None:
    now = timezone.now()
    AudioSent.objects.get_or_create(user=by, recording=recording, defaults={"since": now})
    row = AudioSent.objects.select_for_update().get(user=by, recording=recording)
    if row.since <= now - OPENED_EVERY:
        row.since, row.sent, row.audited = now, 0, False
    row.sent += sent
    whole = not row.audited and size > 0 and row.sent >= WHOLE * size
    row.audited = row.audited or whole
    row.save(update_fields=["since", "sent", "audited"])
    if whole:
        audit.record(by=by, action=SENT, subject=recording, data={"seconds": recording.duration, "size": size})


def transcript_read(*, by: User, recording: RecordingJob) -> None:
    """Audit that a user opened a page with the transcript; once in half an hour."""
    since, key = timezone.now() - OPENED_EVERY, (by.pk, recording.pk)
    if (at := _read.get(key)) is None or at <= since:
        with transaction.atomic():
            at = audit.record(by=by, action=READ, subject=recording).at
        _read.put(key, at)


def _opened_recently(by: User, recording: RecordingJob) -> bool:
    since, key = timezone.now() - OPENED_EVERY, (by.pk, recording.pk)
    if (at := _opened.get(key)) is not None and at > since:
        return True
    rows = AuditEvent.objects.filter(
        subject_type=RecordingJob._meta.label_lower,
        subject_id=str(recording.pk),
        action=OPENED,
        actor_id=by.pk,
        at__gt=since,
    )
    at = rows.values_list("at", flat=True).order_by("-at").first()
    if at is not None:
        _opened.put(key, at)
    return at is not None


@transaction.atomic
def downloaded(*, by: User, recording: RecordingJob, span: tuple[float, float] | None = None) -> None:
    """Audit that the audio was downloaded, of a clip which seconds."""
    data = {"start": round(span[0], 2), "end": round(span[1], 2)} if span else {"size": recording.size}
    audit.record(by=by, action="audio.downloaded", subject=recording, data=data)


@transaction.atomic
def mark_played(*, by: User, recordings: Iterable[RecordingJob], played: bool) -> list[uuid.UUID]:
    """Mark recordings as played by this user, or as not played; return those that were not so before.

    Not audited: nothing was played.
    """
    keys = [recording.pk for recording in recordings]
    mine = Listening.objects.filter(user=by, recording__in=keys)
    before = set(mine.filter(played_at__isnull=False).values_list("recording", flat=True))
    changed = [key for key in keys if (key in before) is not played]
    for key in changed:
        if played:
            Listening.objects.update_or_create(user=by, recording_id=key, defaults={"played_at": timezone.now()})
    if not played:
        mine.filter(recording__in=changed).update(played_at=None)
    return changed
