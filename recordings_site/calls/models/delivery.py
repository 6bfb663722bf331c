"""One POST of Sinch's, kept whole, and what came of it."""

from typing import Any

from django.db import models
from django.utils import timezone

from recordings_site.calls.models.call import Call
from recordings_site.policies.models import Application


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
