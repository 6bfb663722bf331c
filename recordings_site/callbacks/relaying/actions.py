"""What is kept of events that are relayed to an upstream, and how a worker tells the upstream of the rest."""

from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from recordings_site.accounts import audit
from recordings_site.callbacks.relaying import relay
from recordings_site.callbacks.relaying.relay import UpstreamReply
from recordings_site.calls.models import CallbackDelivery, UpstreamExchange, UpstreamOutcome
from recordings_site.policies.engine import snapshot
from recordings_site.policies.engine.snapshot import ApplicationFacts
from recordings_site.tasks.registry import enqueue
from recordings_site.web.locking import lock

# A worker tells so many events in one go, then lets others have a turn.
BATCH = 50
# After so many tries an event is given up, so that those behind it come through.
ATTEMPTS = 8
RETRIABLE = frozenset({UpstreamOutcome.SLOW, UpstreamOutcome.UNREACHABLE, UpstreamOutcome.FAILED})


class UpstreamDown(Exception):
    """The upstream took nothing: the queue tries again later."""


@transaction.atomic
def create_exchange(*, delivery: CallbackDelivery, reply: UpstreamReply) -> UpstreamExchange:
    """Keep what an upstream answered to an ICE, ACE or PIE; of a repeated delivery each has its own."""
    return UpstreamExchange.objects.create(
        application_id=delivery.application_id,
        delivery=delivery,
        outcome=reply.outcome,
        status=reply.status,
        ms=reply.ms,
        detail=reply.detail,
        attempts=1,
    )


@transaction.atomic
def schedule_forward(*, delivery: CallbackDelivery) -> None:
    """Have a worker tell the upstream of a DiCE or notify, after all that came before it."""
    UpstreamExchange.objects.create(application_id=delivery.application_id, delivery=delivery)
    enqueue("upstream.forward", delivery.application_id)


def forward(application_id: int) -> datetime | None:
    """Tell an application's upstream what waits, in order; the time to go on, or None when nothing waits.

    Raises UpstreamDown when the first in line cannot be delivered now: order is worth more than speed.
    """
    facts = {found.id: found for found in snapshot.current().applications.values()}.get(application_id)
    waiting = list(UpstreamExchange.objects.waiting(application_id)[: BATCH + 1])
    for exchange in waiting[:BATCH]:
        if facts is None or not relay.relays(facts):
            _record_outcome(
                exchange, UpstreamReply(UpstreamOutcome.GIVEN_UP, detail="The application no longer has an upstream.")
            )
            continue
        reply = _notified(facts, exchange.delivery)
        if reply.outcome in RETRIABLE and exchange.attempts + 1 < ATTEMPTS:
            UpstreamExchange.objects.filter(pk=exchange.pk).update(
                attempts=F("attempts") + 1, detail=reply.detail, ms=reply.ms, status=reply.status
            )
            raise UpstreamDown(reply.detail)
        _record_outcome(exchange, reply)
    return timezone.now() if len(waiting) > BATCH else None


def _notified(facts: ApplicationFacts, delivery: CallbackDelivery) -> UpstreamReply:
    return relay.notify(facts, body=bytes(delivery.body), content_type=delivery.content_type)


@transaction.atomic
def _record_outcome(exchange: UpstreamExchange, reply: UpstreamReply) -> None:
    lock(exchange)
    if exchange.outcome != UpstreamOutcome.WAITING:
        return  # another worker, which has the lease now, forwarded it
    given_up = reply.outcome in RETRIABLE
    exchange.outcome = UpstreamOutcome.GIVEN_UP if given_up else reply.outcome
    exchange.attempts += 1
    exchange.status, exchange.ms, exchange.detail = reply.status, reply.ms, reply.detail
    exchange.at = timezone.now()
    exchange.save(update_fields=["outcome", "attempts", "status", "ms", "detail", "at"])
    if given_up:
        data = {"event": exchange.delivery.event, "detail": reply.detail, "attempts": exchange.attempts}
        audit.record(by=None, action="alert.upstream.given_up", subject=exchange.application, data=data)
