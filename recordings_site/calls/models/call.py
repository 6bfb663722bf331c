"""A call, and the session of a conference that calls join."""

from datetime import datetime, timedelta

from django.db import models

from recordings_site.accounts.models import User
from recordings_site.base.formatting import sortable
from recordings_site.base.text import PHONE_DIGITS
from recordings_site.policies.models import Application, PhoneNumber
from recordings_site.sinch import ends

# An older call without a DiCE has lost it: Sinch ends calls after 14,400 s.
LONGEST_CALL = timedelta(hours=4, minutes=5)
# The reasons of a DiCE with which Sinch says that our answer broke the call.
BROKEN_BY_US = ("CALLBACKERROR", "INVALIDSVAMLACTION")


class Direction(models.TextChoices):
    """Which way a call went."""

    INBOUND = "inbound", "Inbound"
    OUTBOUND = "outbound", "Outbound"
    CALLOUT = "callout", "Callout"
    UNKNOWN = "unknown", "Unknown"


def direction_choices() -> list[tuple[str, str]]:
    """The directions as choices; a callable keeps the list out of migrations."""
    return Direction.choices


class ConferenceSessionQuerySet(models.QuerySet["ConferenceSession"]):
    """Named reads of conference sessions."""

    def visible_to(self, user: User) -> "ConferenceSessionQuerySet":
        """Those with a call that this person may see, or all."""
        return self if user.sees_all else self.filter(calls__number__team__in=user.teams.all()).distinct()


class ConferenceSession(models.Model):
    """One session of a conference. Ids are chosen by users and reused: a session is one use of an id."""

    # Its index is one of those below.
    application = models.ForeignKey(
        Application, on_delete=models.PROTECT, related_name="conference_sessions", db_index=False
    )
    conference_id = models.CharField(max_length=200)
    # The number of the call that opened it, which owns its recording.
    number = models.ForeignKey(PhoneNumber, null=True, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    objects = ConferenceSessionQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("application", "conference_id"),
                condition=models.Q(closed_at=None),
                name="conference_session_one_open",
            ),
        )
        indexes = (models.Index(fields=("application", "conference_id", "-opened_at"), name="conference_latest"),)

    def __str__(self) -> str:
        return f"{self.conference_id} {sortable(self.opened_at)}"


class CallQuerySet(models.QuerySet["Call"]):
    """Named reads of calls."""

    def visible_to(self, user: User) -> "CallQuerySet":
        """The calls this person may see: those of their teams' numbers, or all."""
        return self if user.sees_all else self.filter(number__team__in=user.teams.all())

    def in_progress(self, now: datetime) -> "CallQuerySet":
        """Those that began and have not ended, the newest first. Sinch lets no call last longer than four hours."""
        since = now - LONGEST_CALL
        begun = self.filter(dice_received_at=None, ice_received_at__gt=since)
        return begun.select_related("number__team", "application", "conference_session", "decision").order_by("-id")

    def listed(self) -> "CallQuerySet":
        """With the number and decision that a list shows."""
        return self.select_related("number__team", "application", "decision__policy_version__policy")

    def matching(self, text: str) -> "CallQuerySet":
        """Those with this call id or app user (or its beginning), or with these digits in the caller or the number."""
        text = text.strip()
        if not text:
            return self
        found = models.Q(call_id__startswith=text)
        found |= models.Q(caller_type=ends.USERNAME, caller__istartswith=text)
        digits = "".join(character for character in text if character.isdigit())
        if len(digits) >= 3:
            # The last digits of a whole number: +46 70 123 45 67 is also typed as 070 123 45 67.
            digits = digits[-PHONE_DIGITS:]
            found |= models.Q(caller_digits__contains=digits) | models.Q(number__digits__contains=digits)
        return self.filter(found)


class Call(models.Model):
    """One call, as Sinch reported it; each fact is set once, by the callback that brought it."""

    Direction = Direction

    # Application and number have their indexes below, with what else is asked for.
    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="calls", db_index=False)
    call_id = models.CharField(max_length=200)
    direction = models.CharField(max_length=8, choices=direction_choices, default=Direction.UNKNOWN)
    number = models.ForeignKey(PhoneNumber, null=True, on_delete=models.PROTECT, related_name="calls", db_index=False)
    # As Sinch wrote them, an app user by name, with the types of sinch.ends; digits of numbers for matching.
    caller = models.CharField(max_length=128, blank=True)
    caller_type = models.CharField(max_length=32, blank=True)
    caller_digits = models.CharField(max_length=32, blank=True)
    called = models.CharField(max_length=128, blank=True)
    called_type = models.CharField(max_length=32, blank=True)
    forwarded_from = models.CharField(max_length=128, blank=True)
    domain = models.CharField(max_length=32, blank=True)
    origination_type = models.CharField(max_length=32, blank=True)
    custom = models.TextField(blank=True)
    call_resource_url = models.CharField(max_length=500, blank=True)
    conference_session = models.ForeignKey(ConferenceSession, null=True, on_delete=models.PROTECT, related_name="calls")
    # The best known start: the ICE's timestamp, else the first event's, else its receipt.
    started_at = models.DateTimeField(db_index=True)
    ice_at = models.DateTimeField(null=True)
    ice_received_at = models.DateTimeField(null=True)
    # ACE: the called side answered.
    answered_at = models.DateTimeField(null=True)
    ace_received_at = models.DateTimeField(null=True)
    # DiCE: the call ended. The timers of late and missing recordings run from the receipt.
    ended_at = models.DateTimeField(null=True)
    dice_received_at = models.DateTimeField(null=True)
    dice_reason = models.CharField(max_length=40, blank=True)
    dice_result = models.CharField(max_length=40, blank=True)
    # Seconds, as the DiCE says.
    duration = models.FloatField(null=True)
    # The first recording_finished: a fact of the call, as two of them are byte-identical.
    recording_finished_at = models.DateTimeField(null=True)
    error_code = models.CharField(max_length=40, blank=True)
    error_message = models.CharField(max_length=500, blank=True)

    objects = CallQuerySet.as_manager()

    class Meta:
        ordering = ("-started_at", "-id")
        constraints = (
            models.UniqueConstraint(fields=("application", "call_id"), name="call_unique"),
            models.CheckConstraint(condition=models.Q(direction__in=Direction.values), name="call_direction_known"),
        )
        indexes = (
            models.Index(fields=("call_id",), name="call_by_call_id"),
            models.Index(fields=("number", "-started_at"), name="call_by_number"),
            models.Index(
                fields=("caller_digits", "-started_at"), condition=~models.Q(caller_digits=""), name="call_by_caller"
            ),
            models.Index(
                fields=("ice_received_at",), condition=models.Q(dice_received_at=None), name="call_in_progress"
            ),
            models.Index(
                fields=("-dice_received_at",),
                condition=models.Q(dice_reason__in=BROKEN_BY_US),
                name="call_broken_by_us",
            ),
        )

    def __str__(self) -> str:
        return self.call_id

    @property
    def shown_caller(self) -> str:
        """Who calls, for a page; "" for a withheld number."""
        return ends.shown(self.caller, self.caller_type)

    @property
    def shown_called(self) -> str:
        """What was called, for a page."""
        return ends.shown(self.called, self.called_type)

    @property
    def agent(self) -> str:
        """The app user on our side, "" where none is known."""
        return ends.in_app_user((self.caller, self.caller_type), (self.called, self.called_type))

    @property
    def is_over(self) -> bool:
        """Whether Sinch has reported its end."""
        return self.dice_received_at is not None

    @property
    def never_answered(self) -> bool:
        """Whether it ended without ever having been answered: then nothing can have been recorded."""
        return self.is_over and self.answered_at is None and self.dice_result.upper() != "ANSWERED"
