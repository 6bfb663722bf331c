"""What is done to policies: drafted, published, approved, rolled back, put away; each with its audit row.

It is the second module of the actions of this package: applications and numbers are in `policies.applications.actions`.
"""

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.urls import reverse
from django.utils import timezone

from recordings_site.accounts import audit
from recordings_site.accounts.approvals.actions import mail_admins
from recordings_site.accounts.approvals.kinds import Refused
from recordings_site.accounts.models import User
from recordings_site.base.formatting import counted
from recordings_site.policies.engine.schema.document import PolicyDocument, parse
from recordings_site.policies.models import Policy, PolicyVersion
from recordings_site.policies.revision.actions import bump_revision
from recordings_site.web.locking import lock
from recordings_site.web.seen_form import mark


class NotAllowed(Refused):
    """A change that the rules of publishing forbid; its message says which and what to do."""


@transaction.atomic
def create_policy(*, by: User | None, name: str, document: PolicyDocument, description: str = "") -> Policy:
    """Make a policy with a draft; nothing is in force before it is published."""
    policy = Policy.objects.create(
        name=name, description=description, draft=document.to_dict(), draft_by=by, draft_at=timezone.now()
    )
    audit.record(by=by, action="policy.created", subject=policy)
    return policy


@transaction.atomic
def save_draft(*, by: User | None, policy: Policy, document: PolicyDocument) -> None:
    """Keep what is being edited; the published version stays in force."""
    lock(policy)
    data = document.to_dict()
    policy.draft = None if policy.published and parse(policy.published.document) == document else data
    policy.draft_by, policy.draft_at = by, timezone.now()
    policy.save(update_fields=["draft", "draft_by", "draft_at"])
    audit.record(by=by, action="policy.drafted", subject=policy, data={"document": data})


@transaction.atomic
def discard_draft(*, by: User | None, policy: Policy) -> None:
    """Throw the draft away; what is published stays."""
    lock(policy)
    policy.draft, policy.draft_by, policy.draft_at = None, None, None
    policy.save(update_fields=["draft", "draft_by", "draft_at"])
    audit.record(by=by, action="policy.draft_discarded", subject=policy)


@transaction.atomic
def publish(*, by: User | None, policy: Policy, reason: str, seen: str = "") -> PolicyVersion:
    """Make the draft an immutable version. It is in force at once, or after a second admin's approval if
    POLICY_APPROVAL says so. NotAllowed without a reason or a draft; DocumentError when the draft cannot be read.

    `seen` is the mark of the draft that was looked at: NotAllowed for another one. Without it any draft is published.
    """
    if not reason.strip():
        raise NotAllowed("Enter a reason. It is shown in the version history.")
    lock(policy)
    if policy.draft is None:
        raise NotAllowed("There is nothing to publish.")
    if seen and seen != mark(policy.draft):
        raise NotAllowed("Someone else changed the draft. Check the current changes, then publish again.")
    version = _version(policy, parse(policy.draft), by, reason)
    policy.draft, policy.draft_by, policy.draft_at = None, None, None
    policy.save(update_fields=["draft", "draft_by", "draft_at"])
    return _propose(by, version) if settings.POLICY_APPROVAL else _publish_version(by, version, "policy.published")


@transaction.atomic
def approve(*, by: User, version: PolicyVersion) -> PolicyVersion:
    """Put a proposed version in force; NotAllowed for the person who proposed it, or when it is no longer newest."""
    lock(version.policy)
    lock(version)
    if version.published_at is not None:
        raise NotAllowed("This version is already published.")
    if version.created_by_id == by.pk:
        raise NotAllowed("Another admin must approve your proposal.")
    newest = version.policy.versions.aggregate(newest=Max("number"))["newest"]
    if newest != version.number:
        raise NotAllowed(f"Version {newest} has been proposed since. Approve that one.")
    version.approved_by, version.approved_at = by, timezone.now()
    version.save(update_fields=["approved_by", "approved_at"])
    return _publish_version(by, version, "policy.approved")


@transaction.atomic
def roll_back(*, by: User | None, version: PolicyVersion) -> PolicyVersion:
    """Publish again what an earlier version said, as a new version: at once, or after approval, as `publish` does."""
    if version.published_at is None:
        raise NotAllowed("This version was never published. Publish it instead.")
    again = _version(version.policy, parse(version.document), by, f"Roll back to version {version.number}")
    return _propose(by, again) if settings.POLICY_APPROVAL else _publish_version(by, again, "policy.rolled_back")


@transaction.atomic
def rename_policy(*, by: User | None, policy: Policy, name: str) -> None:
    """Change how people know the policy."""
    lock(policy)
    if policy.name == name:
        return
    before = policy.name
    policy.name = name
    policy.save(update_fields=["name"])
    bump_revision()
    audit.record(by=by, action="policy.renamed", subject=policy, data={"name": [before, name]})


@transaction.atomic
def archive_policy(*, by: User | None, policy: Policy) -> None:
    """Put it away; NotAllowed while numbers are answered by it."""
    lock(policy)
    used = policy.numbers.in_use().count()
    if used:
        raise NotAllowed(f"This policy answers {counted(used, 'number')}. Assign each a different policy first.")
    policy.archived_at = timezone.now()
    policy.save(update_fields=["archived_at"])
    bump_revision()
    audit.record(by=by, action="policy.archived", subject=policy)


def _version(policy: Policy, document: PolicyDocument, by: User | None, reason: str) -> PolicyVersion:
    # The row's lock keeps two people who publish at the same time from making the same number.
    lock(policy)
    newest = policy.versions.aggregate(newest=Max("number"))["newest"] or 0
    return PolicyVersion.objects.create(
        policy=policy, number=newest + 1, document=document.to_dict(), reason=reason.strip(), created_by=by
    )


def _propose(by: User | None, version: PolicyVersion) -> PolicyVersion:
    """Let a version wait for a second admin, who is written to."""
    if by is None:
        raise NotAllowed("A second admin has to approve this. Use --by to name the admin making the request.")
    data = {"version": version.number, "reason": version.reason}
    audit.record(by=by, action="policy.proposed", subject=version.policy, data=data)
    path, what = reverse("policy_versions", args=[version.policy_id]), f"version {version.number} of {version.policy}"
    mail_admins(by=by, what=f"Publish {what}", detail=version.reason, path=path)
    return version


def _publish_version(by: User | None, version: PolicyVersion, action: str) -> PolicyVersion:
    policy = version.policy
    lock(policy)
    before = policy.published.number if policy.published else None
    version.published_at = timezone.now()
    version.save(update_fields=["published_at"])
    policy.published = version
    policy.save(update_fields=["published"])
    bump_revision()
    data = {"version": version.number, "before": before, "reason": version.reason}
    audit.record(by=by, action=action, subject=policy, data=data)
    return version
