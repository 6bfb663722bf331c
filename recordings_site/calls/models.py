"""What happened: calls, conference sessions, the decision of each call, and every callback delivery."""

from datetime import datetime, timedelta
from typing import Any

from django.db import models
from django.utils import timezone

from recordings_site.accounts.models import User
from recordings_site.base.formatting import sortable
from recordings_site.base.text import PHONE_DIGITS
from recordings_site.calls.replays import Replay
from recordings_site.policies.engine.decision import Reason
from recordings_site.policies.models import Application, PhoneNumber, PolicyVersion
from recordings_site.sinch import ends

__all__ = [
    "BROKEN_BY_US",
    "LONGEST_CALL",
    "UNDECIDED",
    "Call",
    "CallbackDelivery",
    "ConferenceSession",
    "Decision",
    "DecisionOutcome",
    "DeliveryResult",
    "DeliveryVerdict",
    "Direction",
    "Replay",
    "UpstreamExchange",
    "UpstreamOutcome",
    "direction_choices",
    "outcome_choices",
    "upstream_outcome_choices",
    "verdict_choices",
]

# What is older and has no DiCE has lost it: Sinch ends calls after 14,400 s.
LONGEST_CALL = timedelta(hours=4, minutes=5)
# The reasons of a DiCE with which Sinch says that our answer broke the call.
BROKEN_BY_US = ("CALLBACKERROR", "INVALIDSVAMLACTION")
# What a filter calls the calls without a decision.
UNDECIDED = "none"


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
    """One gathering in a conference. Ids are chosen by the user and reused: a session is one use of an id."""

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
        """With what a list shows of number and decision."""
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

    def decided(self, outcome: str) -> "CallQuerySet":
        """Those about which this was decided; UNDECIDED for those without a decision, "" for all."""
        if outcome == UNDECIDED:
            return self.filter(decision=None)
        return self.filter(decision__outcome=outcome) if outcome else self


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
                fields=("ice_received_at",), condition=models.Q(dice_received_at=None), name="call_in_progress"
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
    def is_over(self) -> bool:
        """Whether Sinch has reported its end."""
        return self.dice_received_at is not None

    @property
    def never_answered(self) -> bool:
        """Whether it ended without ever having been answered: then nothing can have been recorded."""
        return self.is_over and self.answered_at is None and self.dice_result.upper() != "ANSWERED"


class DecisionOutcome(models.TextChoices):
    """What was decided about recording a call."""

    RECORD = "record", "Record"
    DO_NOT_RECORD = "do_not_record", "Do not record"
    IMPOSSIBLE = "impossible", "Recording was impossible"


def outcome_choices() -> list[tuple[str, str]]:
    """The outcomes as choices."""
    return DecisionOutcome.choices


class Decision(models.Model):
    """How a call's ICE was answered and why. Decided once, at ICE; ACE and PIE reuse it."""

    Outcome = DecisionOutcome

    call = models.OneToOneField(Call, on_delete=models.CASCADE, related_name="decision")
    outcome = models.CharField(max_length=15, choices=outcome_choices)
    policy_version = models.ForeignKey(PolicyVersion, null=True, on_delete=models.PROTECT, related_name="decisions")
    # The rule that won, counted from 1; empty when none did.
    rule = models.PositiveIntegerField(null=True)
    # One of policies.engine.decision.Reason.
    reason = models.CharField(max_length=60)
    # The draw of sampling, 0 <= draw < 100, deterministic per call id.
    draw = models.FloatField(null=True)
    # DecisionFacts (policies.engine.decision), self-contained, without credentials: ACE and PIE are answered from it,
    # and policies.engine.sentences says from it why the call is or is not recorded.
    facts: Any = models.JSONField(default=dict)
    # The answers as given, credentials masked.
    ice_svaml: Any = models.JSONField(null=True)
    ace_svaml: Any = models.JSONField(null=True)
    pie_svaml: Any = models.JSONField(null=True)
    # Milliseconds from receipt to the ICE's answer.
    latency_ms = models.FloatField(null=True)
    decided_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(outcome__in=DecisionOutcome.values), name="decision_outcome_known"
            ),
            models.CheckConstraint(condition=models.Q(reason__in=[*map(str, Reason)]), name="decision_reason_known"),
        )

    def __str__(self) -> str:
        return f"{self.outcome}: {self.reason}"


class DeliveryVerdict(models.TextChoices):
    """What was thought of a delivery's signature and age."""

    ACCEPTED = "accepted", "Accepted"
    REPEATED = "repeated", "Repeated within 10 seconds"
    STALE = "stale", "Signed, but its clock is wrong"
    REPLAYED = "replayed", "An exact replay"


def verdict_choices() -> list[tuple[str, str]]:
    """The verdicts as choices."""
    return DeliveryVerdict.choices


class DeliveryResult(models.TextChoices):
    """What came of a delivery; calls.sentences says it to people, from these values."""

    # Its SVAML was given, for the grounds of the decision (policies.engine.sentences).
    ANSWERED = "answered"
    # Kept and not applied: its verdict says why.
    SUSPECT = "suspect"
    # `result` and `reason` of the DiCE.
    CALL_ENDED = "call_ended"
    # `code` and `message`.
    CALLING_ERROR = "calling_error"
    RECORDING_FINISHED = "recording_finished"
    CONFERENCE_RECORDING_FINISHED = "conference_recording_finished"
    # `known`: whether the place is in one of the destinations.
    RECORDING_AVAILABLE = "recording_available"
    TRANSCRIPT_AVAILABLE = "transcript_available"
    # Kept, and nothing to be done: it names nothing, or there is nothing to do for its kind.
    OF_NOTHING = "of_nothing"
    UNKNOWN = "unknown"


class CallbackDelivery(models.Model):
    """One POST of Sinch's that was signed: kept whole, whatever came of it."""

    Verdict = DeliveryVerdict

    # Its index is the one below, with the id.
    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="deliveries", db_index=False)
    received_at = models.DateTimeField(default=timezone.now)
    verdict = models.CharField(max_length=10, choices=verdict_choices, default=DeliveryVerdict.ACCEPTED)
    # SHA-256 of application key and signature: the same twice is the same request twice.
    signature_digest = models.BinaryField(max_length=32)
    x_timestamp = models.CharField(max_length=64, blank=True)
    content_type = models.CharField(max_length=100, blank=True)
    body = models.BinaryField()
    event = models.CharField(max_length=40)
    notify_type = models.CharField(max_length=60, blank=True)
    # As the event says; `call` is the row, once there is one.
    reported_call_id = models.CharField(max_length=200, blank=True)
    conference_id = models.CharField(max_length=200, blank=True)
    call = models.ForeignKey(Call, null=True, on_delete=models.SET_NULL, related_name="deliveries")
    # The recording that it announced; no foreign key, as recordings depend on calls.
    recording_id = models.UUIDField(null=True, db_index=True)
    applied_at = models.DateTimeField(null=True)
    # DeliveryResult, empty until it is known, with its values.
    result_code = models.CharField(max_length=30, blank=True)
    result_values: Any = models.JSONField(default=dict)
    answer_ms = models.FloatField(null=True)

    class Meta:
        ordering = ("id",)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(verdict__in=DeliveryVerdict.values), name="delivery_verdict_known"
            ),
            models.CheckConstraint(
                condition=models.Q(result_code__in=["", *DeliveryResult.values]), name="delivery_result_known"
            ),
        )
        indexes = (
            models.Index(fields=("application", "id"), name="delivery_by_application"),
            models.Index(fields=("signature_digest",), name="delivery_by_signature"),
            models.Index(fields=("reported_call_id", "id"), name="delivery_by_call_id"),
            models.Index(fields=("conference_id", "id"), name="delivery_by_conference"),
            models.Index(fields=("received_at",), condition=models.Q(applied_at=None), name="delivery_unapplied"),
        )

    def __str__(self) -> str:
        return f"{self.event} {self.notify_type} {self.reported_call_id or self.conference_id}"


class UpstreamOutcome(models.TextChoices):
    """What came of asking, or telling, an application's upstream."""

    WAITING = "waiting", "Waiting"
    ANSWERED = "answered", "Answered"
    REFUSED = "refused", "Refused"
    FAILED = "failed", "Error"
    SLOW = "slow", "Too slow"
    UNREACHABLE = "unreachable", "Unreachable"
    INVALID = "invalid", "Unusable answer"
    GIVEN_UP = "given_up", "Given up"


def upstream_outcome_choices() -> list[tuple[str, str]]:
    """The outcomes as choices."""
    return UpstreamOutcome.choices


class UpstreamExchangeQuerySet(models.QuerySet["UpstreamExchange"]):
    """Named reads of what was relayed."""

    def of(self, application: Application) -> "UpstreamExchangeQuerySet":
        """One application's, the newest first, with their deliveries."""
        return self.filter(application=application).select_related("delivery__call").order_by("-id")

    def waiting(self, application_id: int) -> "UpstreamExchangeQuerySet":
        """The events still to be told to an application's upstream, in the order of their receipt."""
        waiting = self.filter(application_id=application_id, outcome=UpstreamOutcome.WAITING)
        return waiting.select_related("delivery").order_by("delivery_id")

    def waited_for(self) -> "UpstreamExchangeQuerySet":
        """Those for which a call waited: ICE, ACE and PIE."""
        return self.filter(delivery__event__in=("ice", "ace", "pie"))


class UpstreamExchange(models.Model):
    """One event relayed to an application's upstream: asked in line (ICE, ACE, PIE) or told by a worker."""

    Outcome = UpstreamOutcome

    # Its index is one of those below.
    application = models.ForeignKey(
        Application, on_delete=models.PROTECT, related_name="upstream_exchanges", db_index=False
    )
    delivery = models.OneToOneField(CallbackDelivery, on_delete=models.CASCADE, related_name="upstream")
    outcome = models.CharField(max_length=12, choices=upstream_outcome_choices, default=UpstreamOutcome.WAITING)
    # The HTTP status, 0 when nothing came back.
    status = models.PositiveSmallIntegerField(default=0)
    # Milliseconds until the whole answer was there, or until it was given up.
    ms = models.FloatField(null=True)
    detail = models.CharField(max_length=300, blank=True)
    attempts = models.PositiveIntegerField(default=0)
    at = models.DateTimeField(default=timezone.now)

    objects = UpstreamExchangeQuerySet.as_manager()

    class Meta:
        ordering = ("-id",)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(outcome__in=UpstreamOutcome.values), name="upstream_outcome_known"
            ),
        )
        indexes = (
            models.Index(
                fields=("application", "delivery"), condition=models.Q(outcome="waiting"), name="upstream_waiting"
            ),
            models.Index(fields=("application", "-id"), name="upstream_latest"),
        )

    def __str__(self) -> str:
        return f"{self.delivery_id} {self.outcome}"
