"""The wording for calls and callbacks, made from codes and values when shown."""

from recordings_site.calls.models import CallbackDelivery, DeliveryResult
from recordings_site.policies.engine.explain import sentences


def result(delivery: CallbackDelivery) -> str:
    """The result of a callback, "" while unknown."""
    values = delivery.result_values
    match delivery.result_code:
        case DeliveryResult.ANSWERED:
            return sentences.decision(values)
        case DeliveryResult.SUSPECT:
            return f"Kept but not applied: {delivery.get_verdict_display().lower()}."
        case DeliveryResult.CALL_ENDED:
            return f"The call ended: {values['result'] or 'N/A'}, {values['reason'] or 'N/A'}."
        case DeliveryResult.CALLING_ERROR:
            return f"Sinch reports an error: {values['code']} {values['message']}".strip()
        case DeliveryResult.RECORDING_FINISHED:
            return "A recording of this call has finished."
        case DeliveryResult.CONFERENCE_RECORDING_FINISHED:
            if values.get("known"):
                return "The recording of this conference has finished."
            return (
                "A recording with this conference ID has finished. Sinch doesn’t say which one, "
                "and there is more than one, so none was changed."
            )
        case DeliveryResult.RECORDING_AVAILABLE:
            return f"Sinch reported the recording{_where(values['known'])}."
        case DeliveryResult.TRANSCRIPT_AVAILABLE:
            return f"Sinch reported the transcript{_where(values['known'])}."
        case DeliveryResult.OF_NOTHING:
            return "Not applied: no call or conference given."
        case DeliveryResult.UNKNOWN if delivery.notify_type:
            return f"Not applied: unknown notification type “{delivery.notify_type}”."
        case DeliveryResult.UNKNOWN:
            return f"Not applied: unknown event “{delivery.event or 'Unknown'}”."
    return ""


def _where(known: bool) -> str:
    return " in one of the destinations" if known else ", in a location that isn’t one of your destinations"
