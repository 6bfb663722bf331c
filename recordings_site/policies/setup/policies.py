"""Policies from a file: drafts of what differs, or versions where a reason is given."""

from collections.abc import Mapping
from typing import Any

from recordings_site.accounts.models import User
from recordings_site.destinations.models import Destination
from recordings_site.policies.editor import publishing, queries
from recordings_site.policies.engine import snapshot
from recordings_site.policies.engine.lint import lint
from recordings_site.policies.engine.schema.document import PolicyDocument, parse
from recordings_site.policies.engine.schema.parsing import DocumentError, Problem
from recordings_site.policies.engine.snapshot import PolicyFacts
from recordings_site.policies.models import Policy
from recordings_site.policies.setup.file import unknown


def import_policy(name: str, data: Mapping[str, Any], *, reason: str, by: User | None) -> list[str]:
    """Make a draft or a version of one; returns what was done, then the difference to what is in force, in words.

    Nothing for no difference. Raises DocumentError.
    """
    document = _document(name, data)
    policy = Policy.objects.filter(name=name).select_related("published").first()
    if policy is not None and policy.archived_at is not None:
        raise DocumentError([Problem(f"policies.{name}", "has the name of an archived policy. Rename it in the file")])
    before = parse(policy.published.document) if policy is not None and policy.published else None
    if before == document:
        return []
    done = _done(name, policy, document, reason, by)
    words = queries.difference(before, document).words
    return [done, *(f"{mark} {text}" for mark, text in words if mark != " ")] if done else []


def _document(name: str, data: Mapping[str, Any]) -> PolicyDocument:
    how = data.get("how")
    if isinstance(how, Mapping) and isinstance(how.get("destination"), str):
        in_use = dict(Destination.objects.in_use().values_list("name", "pk"))
        wanted = how["destination"]
        if wanted not in in_use:
            raise DocumentError([Problem(f"policies.{name}.how.destination", unknown("destination", wanted, in_use))])
        data = {**data, "how": {**how, "destination": in_use[wanted]}}
    try:
        return parse(data)
    except DocumentError as error:
        found = [Problem(f"policies.{name}.{problem.path}", problem.message) for problem in error.problems]
        raise DocumentError(found) from None


def _done(name: str, policy: Policy | None, document: PolicyDocument, reason: str, by: User | None) -> str:
    """Keep a draft, or publish it; "" where that was done before."""
    if policy is None:
        policy = publishing.create_policy(by=by, name=name, document=document)
    elif reason and _is_proposed(policy, document):
        return ""
    elif policy.draft is None or parse(policy.draft) != document:
        publishing.save_draft(by=by, policy=policy, document=document)
    elif not reason:
        return ""
    if not reason:
        return "kept as a draft"
    facts = PolicyFacts(policy.pk, name, None, None, document)
    wrong = [Problem(f"policies.{name}", p.message) for p in lint(facts, snapshot.current()) if p.severity == "error"]
    if wrong:
        raise DocumentError(wrong)
    version = publishing.publish(by=by, policy=policy, reason=reason)
    return f"{'published as' if version.published_at else 'proposed as'} version {version.number}"


def _is_proposed(policy: Policy, document: PolicyDocument) -> bool:
    """Whether the newest version says this already and waits for approval."""
    newest = policy.versions.order_by("-number").first()
    return newest is not None and newest.published_at is None and parse(newest.document) == document
