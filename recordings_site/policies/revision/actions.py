"""Puts a change of what is in force into effect."""

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from recordings_site.policies.engine import snapshot
from recordings_site.policies.models import SnapshotRevision


def bump_revision() -> None:
    """Count up the revision, so that every process rebuilds its snapshot; call it inside the change's transaction."""
    if not SnapshotRevision.objects.update(revision=F("revision") + 1, changed_at=timezone.now()):
        SnapshotRevision.objects.create(pk=1, revision=1)
    transaction.on_commit(snapshot.forget)
