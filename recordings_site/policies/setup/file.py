"""The file of a set-up: names instead of ids, no secrets, and the same text for the same set-up."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from recordings_site.accounts.models import Team
from recordings_site.destinations.models import Destination
from recordings_site.policies.engine.schema.document import parse
from recordings_site.policies.engine.schema.parsing import DocumentError, Problem
from recordings_site.policies.models import Application, PhoneNumber, Policy
from recordings_site.policies.numbers.file_lines import COLUMNS

FORMAT = 1
LONGEST_NAME = 100
# Names that a refusal offers.
OFFERED = 10
APPLICATION_FIELDS = (
    "key", "region", "country", "callback_mode", "upstream_url", "upstream_timeout_ms", "callout_policy",
    "default_route",
)  # fmt: skip
NUMBER_FIELDS = tuple(name for name in COLUMNS if name != "number")


@dataclass(frozen=True)
class Setup:
    """What a file holds, by name; numbers as they are written, such as "+46812345"."""

    teams: tuple[str, ...] = ()
    applications: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    policies: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    numbers: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


def export_json() -> str:
    """Everything in use: teams, applications, published policies and numbers."""
    destinations = dict(Destination.objects.values_list("pk", "name"))
    policies = {}
    for policy in Policy.objects.with_published():
        if policy.published:
            document = parse(policy.published.document).to_dict()
            document["how"]["destination"] = destinations.get(document["how"]["destination"])
            policies[policy.name] = document
    applications = Application.objects.in_use().select_related("callout_policy")
    numbers = PhoneNumber.objects.in_use().select_related("application", "team", "policy", "destination")
    data = {
        "format": FORMAT,
        "teams": sorted(Team.objects.values_list("name", flat=True)),
        "applications": {each.name: facts_of(each, APPLICATION_FIELDS) for each in applications},
        "policies": policies,
        "numbers": {each.e164: facts_of(each, NUMBER_FIELDS) for each in numbers},
    }
    return json.dumps(data, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def facts_of(row: Application | PhoneNumber, names: Iterable[str]) -> dict[str, Any]:
    """The fields of a row as a file has them: other rows by their names."""
    values = ((name, getattr(row, name)) for name in names)
    return {name: str(value) if hasattr(value, "pk") else value for name, value in values}


def read_json(text: str) -> Setup:
    """Read a file's text. ValueError says why it is no JSON, DocumentError names each section that is none."""
    try:
        data = json.loads(text.removeprefix("\ufeff"), object_pairs_hook=_without_twins, parse_constant=_refused)
    except RecursionError:
        raise ValueError("The file is nested too deeply.") from None
    return read_setup(data)


def read_setup(data: object) -> Setup:
    """The sections of a file. Raises DocumentError."""
    if not isinstance(data, Mapping):
        raise DocumentError([Problem("", "must be a JSON object")])
    problems = [
        Problem(str(name)[:LONGEST_NAME], "isn’t a section. There are teams, applications, policies and numbers")
        for name in data.keys() - {"format", "teams", "applications", "policies", "numbers"}
    ]
    if data.get("format", FORMAT) != FORMAT:
        problems.append(Problem("format", f"must be {FORMAT}. A newer release wrote it; upgrade this site first"))
    teams = data.get("teams", [])
    if not isinstance(teams, list) or not all(isinstance(name, str) for name in teams):
        problems.append(Problem("teams", "must be a list of names"))
        teams = []
    found = {name: _by_name(name, data.get(name, {}), problems) for name in ("applications", "policies", "numbers")}
    problems += [
        Problem(f"{section}.{name[:LONGEST_NAME]}", f"must have a name of 1 to {LONGEST_NAME} printable characters")
        for section, names in (("teams", teams), *found.items())
        for name in names
        if not name.strip() or len(name) > LONGEST_NAME or not name.isprintable()
    ]
    if not (problems or teams or any(found.values())):
        problems.append(Problem("", "is empty. Create one with policies export"))
    if problems:
        raise DocumentError(problems)
    return Setup(tuple(sorted(set(teams))), **found)


def _by_name(section: str, data: object, problems: list[Problem]) -> dict[str, Mapping[str, Any]]:
    if not isinstance(data, Mapping):
        problems.append(Problem(section, "must be an object keyed by name"))
        return {}
    problems += [
        Problem(f"{section}.{str(name)[:LONGEST_NAME]}", "must be an object")
        for name, item in data.items()
        if not isinstance(item, Mapping)
    ]
    return {str(name): item for name, item in sorted(data.items()) if isinstance(item, Mapping)}


def unknown(noun: str, name: str, known: Iterable[str]) -> str:
    """That nothing in use has this name, and which names there are."""
    names = sorted(known)
    more = f" and {len(names) - OFFERED} more" if len(names) > OFFERED else ""
    existing = ", ".join(names[:OFFERED]) or "none yet"
    remedy = f"create it first or correct the name. Existing ones: {existing}{more}"
    return f"no {noun} is named {name[:LONGEST_NAME]}; {remedy}"


def _without_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twin = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"“{twin[:40]}” appears twice in one object. Keep one of them.")
    texts = (text for pair in pairs for part in pair for text in (part if isinstance(part, list) else [part]))
    if any("\0" in text for text in texts if isinstance(text, str)):
        raise ValueError("The file contains a NUL character (\\u0000). Remove it.")
    return found


def _refused(constant: str) -> Any:
    raise ValueError(f"{constant} isn’t JSON.")
