"""What happened: calls, conference sessions, the decision of each call, and every callback delivery."""

from recordings_site.calls.models.call import (
    BROKEN_BY_US,
    LONGEST_CALL,
    Call,
    CallQuerySet,
    ConferenceSession,
    Direction,
    direction_choices,
)
from recordings_site.calls.models.decision import Decision, DecisionOutcome, outcome_choices
from recordings_site.calls.models.delivery import CallbackDelivery, DeliveryResult, DeliveryVerdict, verdict_choices
from recordings_site.calls.models.replay import Replay
from recordings_site.calls.models.upstream import UpstreamExchange, UpstreamOutcome, upstream_outcome_choices

__all__ = [
    "BROKEN_BY_US",
    "LONGEST_CALL",
    "Call",
    "CallQuerySet",
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
