"""How the ICE of a call was decided: outcome, rule, reason, and the answer with masked secrets."""

from typing import Any

from django.db import models
from django.utils import timezone

from recordings_site.calls.models.call import Call
from recordings_site.policies.engine.decision import Reason
from recordings_site.policies.models import PolicyVersion


class DecisionOutcome(models.TextChoices):
    """What was decided about recording a call."""

    RECORD = "record", "Record"
    DO_NOT_RECORD = "do_not_record", "Do not record"
    IMPOSSIBLE = "impossible", "Recording wasn’t possible"


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
