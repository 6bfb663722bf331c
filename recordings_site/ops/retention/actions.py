"""Forgets what is due, in batches, so that nothing waits for it."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from recordings_site.accounts import audit
from recordings_site.ops.models import RetentionMark
from recordings_site.ops.retention.kinds import KINDS, Kind

BATCH = 500


def apply_retention(now: datetime) -> Mapping[str, int]:
    """Forget what is due of each kind, and tell the audit trail how much; return how many rows by kind."""
    done = {kind.name: _forget(kind, now) for kind in KINDS}
    forgotten = {name: count for name, count in done.items() if count}
    if forgotten:
        audit.record(by=None, action="retention.applied", data=forgotten)
    return done


def _forget(kind: Kind, now: datetime) -> int:
    done = 0
    while ids := kind.batch(now, BATCH):
        with transaction.atomic():
            done += kind.forget(ids)
            if kind.marked:
                RetentionMark.objects.update_or_create(kind=kind.name, defaults={"until": ids[-1], "at": now})
    return done
