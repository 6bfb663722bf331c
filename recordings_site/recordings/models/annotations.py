"""Models of annotations: comments, tags, corrections, speaker names, and what users have played."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import models
from django.utils import timezone

from recordings_site.accounts.models import User
from recordings_site.policies.models import PhoneNumber
from recordings_site.recordings.models.states import State

# Seconds from the start or the end within which a recording does not count as unfinished.
NEAR_AN_END = 5.0


class CommentQuerySet(models.QuerySet["Comment"]):
    """Named reads of comments."""

    def visible_to(self, user: User) -> "CommentQuerySet":
        """The comments on recordings that this person may see."""
        return self if user.sees_all else self.filter(recording__number__team__in=user.teams.all())

    def mentioning(self, user: User) -> "CommentQuerySet":
        """Open comments that mention this user, on recordings that they can see; newest first."""
        return self._waiting_for(user).filter(mentions=user, resolved_at=None)

    def replying_to(self, user: User) -> "CommentQuerySet":
        """Others' replies to open comments of this user, on recordings that they can see; newest first.

        Those that mention the user are among their mentions.
        """
        rows = self._waiting_for(user).filter(parent__author=user, parent__resolved_at=None)
        return rows.exclude(author=user).exclude(mentions=user)

    def threads(self) -> "CommentQuerySet":
        """Comments that are no reply, each with its replies, authors and mentions."""
        replies = Comment.objects.select_related("author").prefetch_related("mentions").order_by("id")
        rows = self.filter(parent=None).select_related("author", "resolved_by")
        return rows.prefetch_related("mentions", models.Prefetch("replies", replies))

    def _waiting_for(self, user: User) -> "CommentQuerySet":
        related = ("author", "recording__number", "recording__call")
        rows = self.visible_to(user).select_related(*related).prefetch_related("mentions")
        return rows.order_by("-created_at", "-id")


class Comment(models.Model):
    """A comment at a time of a recording, on a span of it, on all of it, or a reply to one."""

    recording = models.ForeignKey("recordings.RecordingJob", on_delete=models.CASCADE, related_name="comments")
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="comments")
    # What it replies to, which is no reply itself, and whose time it has.
    parent = models.ForeignKey("self", null=True, on_delete=models.CASCADE, related_name="replies")
    # Seconds from the start of the recording, null for all of it; `end` is null for a single time.
    at = models.FloatField(null=True)
    end = models.FloatField(null=True)
    text = models.TextField()
    edited_at = models.DateTimeField(null=True)
    mentions = models.ManyToManyField(User, blank=True, related_name="mentioned_in")
    # When the mentioned users were mailed; once.
    notified_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=timezone.now)
    resolved_at = models.DateTimeField(null=True)
    resolved_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    objects = CommentQuerySet.as_manager()

    class Meta:
        ordering = ("at", "id")
        constraints = (
            models.CheckConstraint(condition=models.Q(at__gte=0), name="comment_not_before_the_start"),
            models.CheckConstraint(
                condition=models.Q(end__isnull=True) | models.Q(at__isnull=False, end__gt=models.F("at")),
                name="comment_span_has_a_length",
            ),
        )

    def __str__(self) -> str:
        return self.text[:40] if self.at is None else f"{self.at:.1f} {self.text[:40]}"


class TagQuerySet(models.QuerySet["Tag"]):
    """Named reads of tags."""

    def visible_to(self, user: User) -> "TagQuerySet":
        """The tags on recordings that this person may see; all for who sees all."""
        if user.sees_all:
            return self
        seen = RecordingTag.objects.filter(tag=models.OuterRef("pk"), recording__number__team__in=user.teams.all())
        return self.filter(models.Exists(seen))


class Tag(models.Model):
    """A tag, shared by all teams: the same word is the same tag, but only who sees a recording with it learns of it."""

    name = models.CharField(max_length=40, unique=True)

    objects = TagQuerySet.as_manager()

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class RecordingTag(models.Model):
    """A tag on a recording, and who added it."""

    recording = models.ForeignKey("recordings.RecordingJob", on_delete=models.CASCADE, related_name="taggings")
    tag = models.ForeignKey(Tag, on_delete=models.PROTECT, related_name="taggings")
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("tag__name",)
        constraints = (models.UniqueConstraint(fields=("recording", "tag"), name="recording_tag_once"),)

    def __str__(self) -> str:
        return self.tag.name


class LineCorrection(models.Model):
    """A corrected line. Rows are only added: the newest of a line is in force, one that reverts ends them."""

    transcript = models.ForeignKey("recordings.Transcript", on_delete=models.CASCADE, related_name="corrections")
    # The line's position: line rows may be replaced when Sinch's file is read again.
    position = models.PositiveIntegerField()
    # Sinch's text, so that the history is complete.
    original = models.TextField(blank=True)
    text = models.TextField(blank=True)
    # True: Sinch's text is restored.
    reverts = models.BooleanField(default=False)
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("id",)
        indexes = (models.Index(fields=("transcript", "position", "id"), name="correction_of_line"),)

    def __str__(self) -> str:
        return f"{self.position}: {self.text[:40]}"


class Side(models.TextChoices):
    """On which side of a call a speaker is."""

    AGENT = "agent", "Agent"
    CUSTOMER = "customer", "Customer"


def side_choices() -> list[tuple[str, str]]:
    """The sides as choices; a callable keeps the list out of migrations."""
    return Side.choices


class SpeakerNameQuerySet(models.QuerySet["SpeakerName"]):
    """Named reads of speaker names."""

    def in_force(self, recordings: Mapping[UUID, int | None]) -> dict[UUID, dict[str, "SpeakerName"]]:
        """Return the names in force by recording and label, in one query; the recordings come with their numbers."""
        numbers = {number for number in recordings.values() if number is not None}
        of_number: dict[int | None, dict[str, SpeakerName]] = {}
        of_recording: dict[UUID | None, dict[str, SpeakerName]] = {}
        rows = self.filter(models.Q(recording__in=list(recordings)) | models.Q(number__in=numbers))
        for row in rows.order_by("id"):
            if row.recording_id is not None:
                of_recording.setdefault(row.recording_id, {})[row.speaker_label] = row
            else:
                of_number.setdefault(row.number_id, {})[row.speaker_label] = row
        found: dict[UUID, dict[str, SpeakerName]] = {}
        for pk, number in recordings.items():
            own = {label: row for label, row in of_recording.get(pk, {}).items() if row.says_something}
            general = of_number.get(number, {}) if number is not None else {}
            found[pk] = {label: row for label, row in general.items() if row.says_something} | own
        return found

    def said_before(self, recording: UUID, number: int | None, label: str) -> "SpeakerName | None":
        """Return the newest row of a label: that of the number when one is given, else that of the recording."""
        scope = {"recording": recording} if number is None else {"number": number}
        return self.filter(**scope, speaker_label=label).order_by("-id").first()


class SpeakerName(models.Model):
    """Who a speaker label is: in one recording, or in every recording of a number. Rows are only added; the newest
    is in force, one without name and side returns to Sinch's label. One for the recording wins over one for its number.
    """

    recording = models.ForeignKey(
        "recordings.RecordingJob", null=True, on_delete=models.CASCADE, related_name="speaker_names"
    )
    number = models.ForeignKey(PhoneNumber, null=True, on_delete=models.CASCADE, related_name="speaker_names")
    speaker_label = models.CharField(max_length=100)
    name = models.CharField(max_length=100, blank=True)
    # A Side, "" while unknown: Sinch does not say which label is which end of the call.
    side = models.CharField(max_length=8, blank=True, choices=side_choices)
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    objects = SpeakerNameQuerySet.as_manager()

    class Meta:
        ordering = ("id",)
        constraints = (
            models.CheckConstraint(condition=models.Q(side__in=["", *Side.values]), name="speaker_side_known"),
            models.CheckConstraint(
                condition=models.Q(recording__isnull=True, number__isnull=False)
                | models.Q(recording__isnull=False, number__isnull=True),
                name="speaker_name_of_recording_or_number",
            ),
        )

    def __str__(self) -> str:
        return f"{self.speaker_label} is {self.name or self.side or 'unnamed'}"

    @property
    def says_something(self) -> bool:
        """Whether it gives the label a name or a side."""
        return bool(self.name or self.side)


class ListeningQuerySet(models.QuerySet["Listening"]):
    """Named reads of what users have played."""

    def visible_to(self, user: User) -> "ListeningQuerySet":
        """What was listened to of the recordings this person may see."""
        return self if user.sees_all else self.filter(recording__number__team__in=user.teams.all())

    def unfinished(self, user: User, *, since: datetime) -> "ListeningQuerySet":
        """Return what this user has not played to the end, can still see and play; last visited first."""
        rows = self.visible_to(user).filter(
            user=user, updated_at__gte=since, position__gte=NEAR_AN_END, recording__state=State.AVAILABLE
        )
        before_the_end = models.F("recording__duration") - NEAR_AN_END
        rows = rows.filter(position__lt=before_the_end).select_related("recording__number", "recording__call")
        return rows.order_by("-updated_at", "-id")


class Listening(models.Model):
    """How far one user has played one recording."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="listenings")
    recording = models.ForeignKey("recordings.RecordingJob", on_delete=models.CASCADE, related_name="listenings")
    # Seconds: where to continue, and how much was played in all, each second of a visit counted once.
    position = models.FloatField(default=0)
    seconds = models.FloatField(default=0)
    # Set on leaving or at 90 %, never on opening.
    played_at = models.DateTimeField(null=True)
    updated_at = models.DateTimeField(default=timezone.now)

    objects = ListeningQuerySet.as_manager()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("user", "recording"), name="listening_once"),)

    def __str__(self) -> str:
        return f"{self.user} to {self.position:.0f} s"


class AudioSent(models.Model):
    """How many bytes of a recording were sent to one user since a time, by all processes; see playback.actions."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    recording = models.ForeignKey("recordings.RecordingJob", on_delete=models.CASCADE, related_name="+")
    since = models.DateTimeField()
    sent = models.BigIntegerField(default=0)
    # Whether the trail tells that it was all.
    audited = models.BooleanField(default=False)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("user", "recording"), name="audio_sent_once"),)

    def __str__(self) -> str:
        return f"{self.sent} bytes to {self.user}"
