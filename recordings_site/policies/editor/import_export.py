"""Policies as one JSON file: stable and diffable, with destinations by name, so that installations can share it."""

import json
from collections.abc import Mapping

from django.db import transaction

from recordings_site.accounts.models import User
from recordings_site.destinations.models import Destination
from recordings_site.policies.editor import publishing, queries
from recordings_site.policies.engine import snapshot
from recordings_site.policies.engine.lint import lint
from recordings_site.policies.engine.schema.document import PolicyDocument, parse
from recordings_site.policies.engine.schema.parsing import DocumentError, Problem
from recordings_site.policies.engine.snapshot import PolicyFacts
from recordings_site.policies.models import Policy


def export_json() -> str:
    """All published policies by name; the same policies give the same text, whatever their ids."""
    names = dict(Destination.objects.values_list("pk", "name"))
    found = {}
    for policy in Policy.objects.with_published():
        if policy.published:
            document = parse(policy.published.document).to_dict()
            document["how"]["destination"] = names.get(document["how"]["destination"])
            found[policy.name] = document
    return json.dumps({"policies": found}, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def describe_import(data: object, *, reason: str = "", by: User | None = None) -> list[str]:
    """Return what `import_policies` would do, with the difference to what is in force in words; changes nothing.

    Raises what it would raise.
    """
    with transaction.atomic():
        before = {name: _published(name) for name in _documents(data)}
        lines = import_policies(data, reason=reason, by=by)
        transaction.set_rollback(True)
    described = []
    for line, (name, document) in zip(lines, _documents(data).items(), strict=True):
        described.append(line)
        words = queries.difference(before[name], document).words
        described += [f"  {mark} {text}" for mark, text in words if mark != " "]
    return described


@transaction.atomic
def import_policies(data: object, *, reason: str = "", by: User | None = None) -> list[str]:
    """Make drafts of the policies that differ, or publish them when a reason is given; one line per policy, by name.

    All or nothing: DocumentError names each wrong field of each policy.
    """
    return [_import(name, document, reason, by) for name, document in _documents(data).items()]


def _documents(data: object) -> dict[str, PolicyDocument]:
    policies = data.get("policies") if isinstance(data, Mapping) else None
    if not isinstance(policies, Mapping):
        raise DocumentError([Problem("policies", "must be an object that maps names to policies")])
    return {str(name): _document(str(name), item) for name, item in sorted(policies.items())}


def _published(name: str) -> PolicyDocument | None:
    policy = Policy.objects.filter(name=name).select_related("published").first()
    return parse(policy.published.document) if policy is not None and policy.published else None


def _document(name: str, data: object) -> PolicyDocument:
    if not name.strip() or len(name) > 100:
        raise DocumentError([Problem(f"policies.{name[:100]}", "must have a name of 1 to 100 characters")])
    how = data.get("how") if isinstance(data, Mapping) else None
    if isinstance(data, Mapping) and isinstance(how, Mapping) and isinstance(how.get("destination"), str):
        pk = Destination.objects.filter(name=how["destination"], archived_at=None).values_list("pk", flat=True).first()
        if pk is None:
            message = f"no destination is named {how['destination']}; create it first"
            raise DocumentError([Problem(f"policies.{name}.how.destination", message)])
        data = {**data, "how": {**how, "destination": pk}}
    try:
        return parse(data)
    except DocumentError as error:
        found = [Problem(f"policies.{name}.{problem.path}", problem.message) for problem in error.problems]
        raise DocumentError(found) from None


def _import(name: str, document: PolicyDocument, reason: str, by: User | None) -> str:
    policy = Policy.objects.filter(name=name).select_related("published").first()
    if policy is None:
        policy = publishing.create_policy(by=by, name=name, document=document)
    elif policy.published and parse(policy.published.document) == document:
        return f"{name}: unchanged"
    else:
        publishing.save_draft(by=by, policy=policy, document=document)
    if not reason:
        return f"{name}: kept as a draft"
    facts = PolicyFacts(policy.pk, name, None, None, document)
    wrong = [Problem(f"policies.{name}", p.message) for p in lint(facts, snapshot.current()) if p.severity == "error"]
    if wrong:
        raise DocumentError(wrong)
    version = publishing.publish(by=by, policy=policy, reason=reason)
    return f"{name}: {'published as' if version.published_at else 'proposed as'} version {version.number}"
