"""Applications from a file: by name, by the rules of their page, and always without their secrets."""

from collections.abc import Callable, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator

from recordings_site.accounts.models import User
from recordings_site.base import phone_numbers
from recordings_site.policies.applications import actions
from recordings_site.policies.applications.forms import KEY, NOT_A_KEY, REGIONS, no_password, reachable
from recordings_site.policies.editor.forms_route import in_country
from recordings_site.policies.engine.explain.descriptions import route_sentence
from recordings_site.policies.engine.schema.document import parse_default_route
from recordings_site.policies.engine.schema.parsing import DocumentError, Problem, Reader
from recordings_site.policies.models import MAX_UPSTREAM_MS, Application, CallbackMode, Policy
from recordings_site.policies.setup.file import APPLICATION_FIELDS, facts_of, unknown

SECRETS = ("secret", "second_secret")
ADDED = "added without its secret. Enter it under Applications; until then, its calls are rejected"
UPSTREAM_CHECKS: tuple[Callable[[str], None], ...] = (URLValidator(["http", "https"]), no_password, reachable)


def import_application(name: str, data: Mapping[str, Any], *, by: User | None) -> list[str]:
    """Make or change one; returns what was done, then what differs. Nothing for no difference.

    What the file leaves out stays. The key of one that exists stays, too: another installation has its own.
    Raises DocumentError.
    """
    row = Application.objects.filter(name=name).select_related("callout_policy").first()
    values = _values(name, data, row)
    if row is None:
        made = actions.create_application(by=by, name=name, secret="", **values)
        return [ADDED, *_differences({}, facts_of(made, APPLICATION_FIELDS))]
    changed = {field: value for field, value in values.items() if value != getattr(row, field)}
    if not changed:
        return []
    before = facts_of(row, APPLICATION_FIELDS)
    asked = actions.update_application(by=by, application=row, **changed)
    done = "is waiting for another admin’s approval" if asked else "changed"
    after = before | {field: getattr(value, "name", value) for field, value in changed.items()}
    return [done, *_differences(before, after)]


def _values(name: str, data: Mapping[str, Any], row: Application | None) -> dict[str, Any]:
    """What the file says of an application, for a new one with defaults. Raises DocumentError."""
    path = f"applications.{name}"
    if row is not None and row.archived_at is not None:
        raise DocumentError([Problem(path, "has the name of an archived application. Rename it in the file")])
    reader = Reader(data, path)
    for secret in data.keys() & set(SECRETS):
        reader.seen.add(secret)
        reader.fail(secret, "must not be in the file. Enter secrets under Applications")
    country = reader.text("country")
    if country not in ("", *(code for code, _ in phone_numbers.countries())):
        reader.fail("country", "isn’t a country code. Enter two letters, such as SE")
    key = reader.text("key", most=100)
    values: dict[str, Any] = {
        "key": key,
        "region": reader.choice("region", [code for code, _ in REGIONS], ""),
        "country": country,
        "callback_mode": reader.choice("callback_mode", CallbackMode.values, CallbackMode.ANSWER),
        "upstream_url": reader.text("upstream_url", most=500),
        "upstream_timeout_ms": reader.integer("upstream_timeout_ms", MAX_UPSTREAM_MS, least=100, most=MAX_UPSTREAM_MS),
        "callout_policy": _policy(reader),
        "default_route": _route(reader, country),
    }
    reader.done()
    if row is None:
        _check_key(reader, key)
    else:
        values = {field: value for field, value in values.items() if field in data and field != "key"}
    _check_upstream(reader, facts_of(row, APPLICATION_FIELDS) if row else {}, values)
    if reader.problems:
        raise DocumentError(reader.problems)
    return values


def _check_key(reader: Reader, key: str) -> None:
    if not KEY.fullmatch(key):
        reader.fail("key", NOT_A_KEY)
    elif other := Application.objects.filter(key=key).first():
        reader.fail("key", f"is the key of the application {other}. Use that name, or another key")
    if "default_route" not in reader.data:
        reader.fail("default_route", "is missing. A new application needs one")


def _check_upstream(reader: Reader, before: Mapping[str, Any], values: Mapping[str, Any]) -> None:
    after = {**before, **values}
    url = after["upstream_url"]
    if after["callback_mode"] == CallbackMode.RELAY and not url:
        reader.fail("upstream_url", "is missing. A relay needs it")
    if not url or url == before.get("upstream_url"):
        return
    try:
        for check in UPSTREAM_CHECKS:
            check(url)
    except ValidationError as error:
        reader.fail("upstream_url", " ".join(error.messages))


def _policy(reader: Reader) -> Policy | None:
    name = reader.text("callout_policy") if reader.data.get("callout_policy") is not None else ""
    reader.seen.add("callout_policy")
    in_use = Policy.objects.filter(archived_at=None)
    found = in_use.filter(name=name).first()
    if name and found is None:
        reader.fail("callout_policy", unknown("policy", name, in_use.values_list("name", flat=True)))
    return found


def _route(reader: Reader, country: str) -> dict[str, Any]:
    route = reader.data.get("default_route", {"action": "hangup"})
    reader.seen.add("default_route")
    try:
        if not isinstance(route, Mapping):
            raise DocumentError([Problem("", "must be an object")])
        route = in_country(route, country)
        parse_default_route(route)
    except DocumentError as error:
        path = reader.at("default_route")
        reader.problems += [Problem(f"{path}.{each.path}".rstrip("."), each.message) for each in error.problems]
        return {}
    return route


def _differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    return [
        f"{name.replace('_', ' ')}: {_shown(name, before.get(name))} → {_shown(name, after[name])}"
        for name in APPLICATION_FIELDS
        if after[name] != before.get(name) and (before or after[name])
    ]


def _shown(name: str, value: Any) -> str:
    if value in (None, ""):
        return "none"
    return route_sentence(parse_default_route(value)) if name == "default_route" else str(value)
