"""What came of a callback, in words made from its code and values."""

from typing import Any

import pytest

from recordings_site.calls import sentences
from recordings_site.calls.models import CallbackDelivery, DeliveryResult, DeliveryVerdict
from recordings_site.policies.engine.decision import Reason

VALUES: dict[str, dict[str, Any]] = {
    DeliveryResult.ANSWERED: {"reason": Reason.FAULT},
    DeliveryResult.CALL_ENDED: {"result": "BUSY", "reason": ""},
    DeliveryResult.CALLING_ERROR: {"code": "40001", "message": "No credit"},
    DeliveryResult.RECORDING_AVAILABLE: {"known": True},
    DeliveryResult.TRANSCRIPT_AVAILABLE: {"known": False},
}


def said(result: str, **fields: Any) -> str:
    """The sentence about a delivery with this result."""
    facts = {"event": "notify", "verdict": DeliveryVerdict.STALE, "result_values": VALUES.get(result, {})} | fields
    return sentences.result(CallbackDelivery(result_code=result, **facts))


@pytest.mark.parametrize("result", DeliveryResult)
def test_each_result_has_words_of_its_own(result: DeliveryResult) -> None:
    assert said(result)
    assert [said(other) for other in DeliveryResult].count(said(result)) == 1


def test_the_values_are_in_the_words() -> None:
    assert said(DeliveryResult.CALL_ENDED) == "The call ended: BUSY, N/A."
    assert said(DeliveryResult.CALLING_ERROR) == "Sinch reports an error: 40001 No credit"
    assert said(DeliveryResult.SUSPECT) == "Kept but not applied: signed, but its timestamp is off."
    assert said(DeliveryResult.TRANSCRIPT_AVAILABLE).endswith("that isn’t one of your destinations.")
    assert "notification type “dtmf”" in said(DeliveryResult.UNKNOWN, notify_type="dtmf")
    assert "event “pong”" in said(DeliveryResult.UNKNOWN, event="pong")


def test_nothing_is_said_before_it_is_known() -> None:
    assert said("") == ""
