"""What a worker does with stored callbacks: applies those that could not be applied at once, verifies suspect ones."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from recordings_site.callbacks.handlers import SUSPECT, apply_delivery
from recordings_site.calls import actions as calls
from recordings_site.calls.models import Call, CallbackDelivery
from recordings_site.policies.applications.sinch_client import client_for
from recordings_site.policies.models import PhoneNumber
from recordings_site.recordings.lifecycle import actions as recordings
from recordings_site.recordings.lifecycle.reported import parse_reported_location
from recordings_site.sinch import events
from recordings_site.sinch.events import Endpoint, Notify
from recordings_site.storage import first_stat
from recordings_site.tasks.registry import Task, enqueue

# The request that stored a delivery applies it within a second or two, unless its process died.
ABANDONED_AFTER = timedelta(seconds=20)


def enqueue_unapplied(limit: int = 1000) -> int:
    """Queue the deliveries that were stored and never applied; returns how many. Cheap when there are none."""
    waiting = (
        CallbackDelivery.objects.filter(applied_at=None, received_at__lt=timezone.now() - ABANDONED_AFTER)
        .exclude(verdict__in=SUSPECT)
        .order_by("id")
        .values_list("pk", flat=True)[:limit]
    )
    ids = {str(pk) for pk in waiting}
    # Dead ones wait for an admin's replay.
    known = set(
        Task.objects.filter(kind="delivery.apply", subject__in=ids, done_at=None).values_list("subject", flat=True)
    )
    enqueue("delivery.apply", *(ids - known))
    return len(ids - known)


def learn_callout(call_pk: int) -> None:
    """Learn which of our numbers a callout is made from: its ACE names none, the DiCE or Sinch's REST API does.

    Raises ApiError when Sinch cannot be asked now. What it does not know any more stays unattributed.
    """
    call = Call.objects.select_related("application").get(pk=call_pk)
    if call.number_id is not None:
        return
    ends = (Endpoint(call.caller_type, call.caller), Endpoint(call.called_type, call.called))
    number = PhoneNumber.objects.matching_any(ends)
    if number is None and not call.is_over:
        with client_for(call.application) as client:
            found = client.call(call.call_id, resource_url=call.call_resource_url)
        ends = (found.from_, found.to) if found else ends
        number = PhoneNumber.objects.matching_any(ends)
    with transaction.atomic():
        calls.set_endpoints(call, caller=ends[0], called=ends[1], number_id=number.pk if number else None)
        recordings.update_states(call)


def verify_suspect(delivery_id: int) -> None:
    """Apply a stale or replayed notification if the object that it names is in the store.

    Raises StoreUnavailable when the store cannot be asked now.
    """
    delivery = CallbackDelivery.objects.get(pk=delivery_id)
    event = events.parse(bytes(delivery.body))
    if not isinstance(event, Notify) or not event.destination:
        return
    reported = parse_reported_location(event.destination)
    if reported.destination is None:
        return
    if first_stat(reported.destination.read_store(), reported.keys) is not None:
        apply_delivery(delivery.pk, force=True)
