"""Forgets what is kept of old calls for explaining them: callbacks as they came, and the details of decisions."""

from collections.abc import Collection

from django.db import transaction

from recordings_site.calls.models import CallbackDelivery, Decision, DeliveryVerdict
from recordings_site.policies.engine.decision import without_details

# Believed, and without effect so far: it may still be applied, and its call depends on it.
_OWED = (DeliveryVerdict.ACCEPTED, DeliveryVerdict.REPEATED)


def delete_callbacks(ids: Collection[int]) -> int:
    """Delete these callbacks, except for those that have not had their effect; return how many."""
    with transaction.atomic():
        owed = CallbackDelivery.objects.filter(pk__in=ids, applied_at=None, verdict__in=_OWED)
        found = set(ids) - {*owed.values_list("pk", flat=True)}
        CallbackDelivery.objects.filter(pk__in=found).delete()
    return len(found)


def strip_decisions(ids: Collection[int]) -> int:
    """Leave of these decisions what was decided and why, without numbers and answers; return how many."""
    with transaction.atomic():
        rows = list(Decision.objects.select_for_update().filter(pk__in=ids))
        for row in rows:
            row.facts = without_details(row.facts)
            row.ice_svaml = row.pie_svaml = None
            # Whether the recording was asked for when the call was answered is read from it.
            if not row.facts.get("plan"):
                row.ace_svaml = None
        Decision.objects.bulk_update(rows, ["facts", "ice_svaml", "ace_svaml", "pie_svaml"])
    return len(rows)
