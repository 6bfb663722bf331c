"""What people add to a recording: comments, tags, corrections, names of speakers, and what they have heard."""

from datetime import datetime

from django.db import models
from django.utils import timezone

from recordings_site.accounts.models import User
from recordings_site.policies.models import PhoneNumber
from recordings_site.recordings.models.states import State

# Seconds: who stopped this near to the start or the end of a recording did not stop in the middle.
NEAR_AN_END = 5.0


class Comment(models.Model):
    """What somebody remarked at a moment of a recording, or on a span of it."""

    recording = models.ForeignKey("recordings.RecordingJob", on_delete=models.CASCADE, related_name="comments")
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="comments")
    # Seconds from the start of the recording; `end` is empty for a moment.
    at = models.FloatField()
    end = models.FloatField(null=True)
    text = models.TextField()
    mentions = models.ManyToManyField(User, blank=True, related_name="mentioned_in")
    # When those who are mentioned were told by e-mail; once.
    notified_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=timezone.now)
    resolved_at = models.DateTimeField(null=True)
    resolved_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("at", "id")
        constraints = (
            models.CheckConstraint(condition=models.Q(at__gte=0), name="comment_not_before_the_start"),
            models.CheckConstraint(
                condition=models.Q(end__isnull=True) | models.Q(end__gt=models.F("at")),
                name="comment_span_has_a_length",
            ),
        )

    def __str__(self) -> str:
        return f"{self.at:.1f} {self.text[:40]}"


class Tag(models.Model):
    """A word by which recordings are found again; shared by everybody."""

    name = models.CharField(max_length=40, unique=True)

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class RecordingTag(models.Model):
    """One tag on one recording, and who put it there."""

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
    """What a line should say. Rows are only added: the newest of a line is in force, a reverted one ends them."""

    transcript = models.ForeignKey("recordings.Transcript", on_delete=models.CASCADE, related_name="corrections")
    # The line's place; lines themselves may be written anew when Sinch's file is read again.
    position = models.PositiveIntegerField()
    # What Sinch heard, kept beside so that the history explains itself.
    original = models.TextField(blank=True)
    text = models.TextField(blank=True)
    # True: back to what Sinch heard.
    reverts = models.BooleanField(default=False)
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("id",)
        indexes = (models.Index(fields=("transcript", "position", "id"), name="correction_of_line"),)

    def __str__(self) -> str:
        return f"{self.position}: {self.text[:40]}"


class SpeakerName(models.Model):
    """Who a speaker label is: in one recording, or in every recording of a number. Rows are only added; the newest
    is in force, an empty name returns to Sinch's label. A name for the recording wins over one for its number.
    """

    recording = models.ForeignKey(
        "recordings.RecordingJob", null=True, on_delete=models.CASCADE, related_name="speaker_names"
    )
    number = models.ForeignKey(PhoneNumber, null=True, on_delete=models.CASCADE, related_name="speaker_names")
    speaker_label = models.CharField(max_length=100)
    name = models.CharField(max_length=100, blank=True)
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("id",)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(recording__isnull=True, number__isnull=False)
                | models.Q(recording__isnull=False, number__isnull=True),
                name="speaker_name_of_recording_or_number",
            ),
        )

    def __str__(self) -> str:
        return f"{self.speaker_label} is {self.name or 'unnamed'}"


class ListeningQuerySet(models.QuerySet["Listening"]):
    """Named reads of who listened to what."""

    def visible_to(self, user: User) -> "ListeningQuerySet":
        """What was listened to of the recordings this person may see."""
        return self if user.sees_all else self.filter(recording__number__team__in=user.teams.all())

    def unfinished(self, user: User, *, since: datetime) -> "ListeningQuerySet":
        """What this person stopped in the middle of, may still see, and can play; the last visited first."""
        rows = self.visible_to(user).filter(
            user=user, updated_at__gte=since, position__gte=NEAR_AN_END, recording__state=State.AVAILABLE
        )
        before_the_end = models.F("recording__duration") - NEAR_AN_END
        rows = rows.filter(position__lt=before_the_end).select_related("recording__number", "recording__call")
        return rows.defer("recording__peaks").order_by("-updated_at", "-id")


class Listening(models.Model):
    """How far one person has listened to one recording."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="listenings")
    recording = models.ForeignKey("recordings.RecordingJob", on_delete=models.CASCADE, related_name="listenings")
    # Seconds: where to continue, and how much was heard in all, each second of a visit counted once.
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
