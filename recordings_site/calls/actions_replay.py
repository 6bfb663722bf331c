"""What people do with replays: start one, stop one."""

from django.db import transaction
from django.utils import timezone

from recordings_site.accounts import audit
from recordings_site.accounts.models import User
from recordings_site.calls import replay as replaying
from recordings_site.calls.models.replay import Replay
from recordings_site.policies.engine.schema.document import PolicyDocument
from recordings_site.policies.models import Policy
from recordings_site.tasks.registry import enqueue


@transaction.atomic
def start_replay(*, by: User | None, policy: Policy, document: PolicyDocument) -> Replay:
    """Have a worker replay the document; an open replay of the policy is stopped."""
    now = timezone.now()
    Replay.objects.open().filter(policy=policy).update(cancelled_at=now)
    replay = Replay(policy=policy, document=document.to_dict(), asked_by=by, until=now)
    replay.total = replaying.calls_of(replay).count()
    replay.save()
    enqueue("policy.replay", replay.pk)
    audit.record(by=by, action="policy.replayed", subject=policy, data={"calls": replay.total})
    return replay


@transaction.atomic
def cancel_replay(*, by: User | None, replay: Replay) -> None:
    """Stop it after the current page; its results so far are kept."""
    if Replay.objects.open().filter(pk=replay.pk).update(cancelled_at=timezone.now()):
        audit.record(by=by, action="policy.replay_cancelled", subject=replay.policy)
