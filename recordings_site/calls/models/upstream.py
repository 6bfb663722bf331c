"""What an application's own back end was asked or sent, and how it answered."""

from django.db import models
from django.utils import timezone

from recordings_site.calls.models.delivery import CallbackDelivery
from recordings_site.policies.models import Application


class UpstreamOutcome(models.TextChoices):
    """The outcome of a request to an application's upstream."""

    WAITING = "waiting", "Waiting"
    ANSWERED = "answered", "Answered"
    REFUSED = "refused", "Rejected"
    FAILED = "failed", "Error"
    SLOW = "slow", "Timed out"
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
        """The events still to be sent to an application's upstream, in order of receipt."""
        waiting = self.filter(application_id=application_id, outcome=UpstreamOutcome.WAITING)
        return waiting.select_related("delivery").order_by("delivery_id")

    def waited_for(self) -> "UpstreamExchangeQuerySet":
        """Those for which a call waited: ICE, ACE and PIE."""
        return self.filter(delivery__event__in=("ice", "ace", "pie"))


class UpstreamExchange(models.Model):
    """One event relayed to an application's upstream: inline (ICE, ACE, PIE) or by a worker."""

    Outcome = UpstreamOutcome

    # Its index is one of those below.
    application = models.ForeignKey(
        Application, on_delete=models.PROTECT, related_name="upstream_exchanges", db_index=False
    )
    delivery = models.OneToOneField(CallbackDelivery, on_delete=models.CASCADE, related_name="upstream")
    outcome = models.CharField(max_length=12, choices=upstream_outcome_choices, default=UpstreamOutcome.WAITING)
    # The HTTP status, 0 when nothing came back.
    status = models.PositiveSmallIntegerField(default=0)
    # Milliseconds until the whole answer arrived or the request was abandoned.
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
