"""Which changes of numbers and applications take a second admin under POLICY_APPROVAL: where calls go and who hears."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings

from recordings_site.accounts.approvals import actions as approvals
from recordings_site.accounts.approvals.kinds import Refused
from recordings_site.accounts.models import Approval, User
from recordings_site.policies.models import Application, PhoneNumber

GUARDED = {
    PhoneNumber: ("application", "team", "policy", "destination", "archived_at"),
    Application: ("default_route", "callout_policy", "callback_mode", "upstream_url", "archived_at"),
}
KINDS = {PhoneNumber: "number.change", Application: "application.change"}


def hold_back(
    by: User | None, row: PhoneNumber | Application, fields: Mapping[str, Any]
) -> tuple[Approval | None, dict[str, Any]]:
    """Ask a second admin for the guarded ones of these changes; returns the request, and what is to be changed now."""
    if not settings.POLICY_APPROVAL:
        return None, dict(fields)
    held = {name: value for name, value in fields.items() if name in GUARDED[type(row)] and value != getattr(row, name)}
    if not held:
        return None, dict(fields)
    if by is None:
        raise Refused("A second admin has to approve this. Use --by to name the admin making the request.")
    data = {name: getattr(value, "pk", value) for name, value in held.items() if name != "archived_at"}
    data |= {"archived_at": True} if "archived_at" in held else {}
    data["words"] = "; ".join(f"{name.replace('_', ' ')}: {_word(value)}" for name, value in held.items())
    asked = approvals.ask(by=by, kind=KINDS[type(row)], subject=row, name=str(row), data=data)
    return asked, {name: value for name, value in fields.items() if name not in held}


def shown(data: Mapping[str, Any]) -> str:
    """What is asked for, in words."""
    return str(data["words"])


def values_of(row: PhoneNumber | Application, data: Mapping[str, Any]) -> dict[str, Any]:
    """The changes of a request, rows by their ids. Raises Refused for a row that is gone."""
    values: dict[str, Any] = {}
    for name, value in data.items():
        if name == "words":
            continue
        related = row._meta.get_field(name).related_model
        if related is None or value is None:
            values[name] = value
        elif (found := related._default_manager.filter(pk=value).first()) is None:
            raise Refused(f"The {name} no longer exists. Reject this request.")
        else:
            values[name] = found
    return values


def _word(value: Any) -> str:
    match value:
        case None | "":
            return "none"
        case dict():
            return str(value.get("action", "changed"))
        case _:
            return "archive" if hasattr(value, "isoformat") else str(value)
