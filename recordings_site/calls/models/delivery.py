"""One POST from Sinch, stored whole, and its result."""

from collections.abc import Collection
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import models
from django.utils import timezone

from recordings_site.accounts.models import User
from recordings_site.calls.models.call import Call, ConferenceSession
from recordings_site.policies.models import Application


class DeliveryVerdict(models.TextChoices):
    """The verdict on a delivery's signature and age."""

    ACCEPTED = "accepted", "Accepted"
    REPEATED = "repeated", "Repeated within 10 seconds"
    STALE = "stale", "Signed, but its timestamp is off"
    REPLAYED = "replayed", "Exact duplicate"


def verdict_choices() -> list[tuple[str, str]]:
    """The verdicts as choices."""
    return DeliveryVerdict.choices


class DeliveryResult(models.TextChoices):
    """The result of a delivery; calls.sentences words it from these values."""

    # Its SVAML was given, for the grounds of the decision (policies.engine.sentences).
    ANSWERED = "answered"
    # Stored but not applied: its verdict says why.
    SUSPECT = "suspect"
    # `result` and `reason` of the DiCE.
    CALL_ENDED = "call_ended"
    # `code` and `message`.
    CALLING_ERROR = "calling_error"
    RECORDING_FINISHED = "recording_finished"
    # `known`: whether only one recording could be meant.
    CONFERENCE_RECORDING_FINISHED = "conference_recording_finished"
    # `known`: whether the place is in one of the destinations.
    RECORDING_AVAILABLE = "recording_available"
    TRANSCRIPT_AVAILABLE = "transcript_available"
    # Stored with nothing to do: it names nothing, or its kind needs no action.
    OF_NOTHING = "of_nothing"
    UNKNOWN = "unknown"


# A notification of a conference that comes this long after its end is still about it.
_ABOUT_FOR = timedelta(minutes=10)


class CallbackDeliveryQuerySet(models.QuerySet["CallbackDelivery"]):
    """Named reads of deliveries."""

    def about(
        self,
        user: User,
        *,
        call: Call | None = None,
        session: ConferenceSession | None = None,
        recordings: Collection[UUID] = (),
    ) -> "CallbackDeliveryQuerySet":
        """Return what was received about these recordings, their call or conference session, in order of arrival.

        Of the calls of a session only those that the user may see count: other teams' numbers may have joined.
        Among it are notifications with the conference's id that could be about another session of it as well.
        """
        about = models.Q(recording_id__in=recordings)
        if call is not None:
            about |= models.Q(call=call)
        if session is not None:
            times = session.calls.aggregate(first=models.Min("ice_received_at"), last=models.Max("dice_received_at"))
            unplaced = models.Q(application=session.application_id, conference_id=session.conference_id)
            unplaced &= models.Q(call=None, recording_id=None, received_at__gte=times["first"] or session.opened_at)
            if session.closed_at is not None:
                unplaced &= models.Q(received_at__lte=(times["last"] or session.closed_at) + _ABOUT_FOR)
            about |= models.Q(call__in=Call.objects.visible_to(user).filter(conference_session=session)) | unplaced
        return self.filter(about).order_by("received_at", "id")


class CallbackDelivery(models.Model):
    """One signed POST from Sinch: stored whole, whatever its result."""

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

    objects = CallbackDeliveryQuerySet.as_manager()

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
