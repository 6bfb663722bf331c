"""A policy's document as the initial data of its form, and a posted form with its rows rearranged."""

from typing import Any

from django.http import QueryDict

from recordings_site.policies.editor.forms_fields import as_posted, form_values
from recordings_site.policies.editor.forms_route import branch_initial, route_initial
from recordings_site.policies.engine.schema.document import PolicyDocument, Rule, When


def initial(document: PolicyDocument, name: str) -> dict[str, Any]:
    """The flat fields."""
    route = document.route.to_dict()
    action, target = branch_initial(route.get("default", {}))
    return {
        **form_values(document),
        "name": name,
        **route_initial({"number": "{to}", **route} if route["action"] == "connectPstn" else route),
        "route_default_action": action,
        "route_default_target": target,
    }


def rules_initial(document: PolicyDocument) -> list[dict[str, Any]]:
    """The rows of the rules."""
    return [form_values(rule) for rule in document.rules]


def steps_initial(document: PolicyDocument) -> list[dict[str, Any]]:
    """The rows of what is recorded."""
    return [form_values(step) for step in document.how.steps]


def menu_initial(document: PolicyDocument) -> list[dict[str, Any]]:
    """The rows of the menu's keys."""
    found = []
    for option in document.route.to_dict().get("options", ()):
        action, target = branch_initial(option["route"])
        recording = option.get("recording", "")
        found.append({"dtmf": option["dtmf"], "action": action, "target": target, "recording": recording})
    return found


def rearranged(posted: QueryDict) -> QueryDict:
    """The posted form after its button `do`: add_rule, add_key, add_step, remove_rule-2, up-1, up_step-1 …

    Rules come out in their order and numbered anew, so that the page shows them as they will count.
    """
    data = posted.copy()
    do, _, place = posted.get("do", "").partition("-")
    index = int(place) if place.isdecimal() and len(place) < 5 else 0
    rows = {prefix: _rows(posted, prefix) for prefix in ("rules", "menu", "steps")}
    rules, keys, steps = rows["rules"], rows["menu"], rows["steps"]
    match do:
        case "add_rule":
            rules.append(as_posted(Rule(when=When(direction="inbound"))))
        case "add_key":
            keys.append({"action": ["connectPstn"]})
        case "add_step":
            steps.append({"do": ["say" if not steps else "start"]})
        case "remove_step":
            del steps[index : index + 1]
        case "up_step" if 0 < index < len(steps):
            steps.insert(index - 1, steps.pop(index))
        case "remove_rule":
            del rules[index : index + 1]
        case "remove_key":
            del keys[index : index + 1]
        case "up" if 0 < index < len(rules):
            rules.insert(index - 1, rules.pop(index))
        case "down" if index + 1 < len(rules):
            rules.insert(index + 1, rules.pop(index))
    for prefix, kept in rows.items():
        for name in [name for name in data if name.startswith(f"{prefix}-")]:
            del data[name]
        data[f"{prefix}-TOTAL_FORMS"], data[f"{prefix}-INITIAL_FORMS"] = str(len(kept)), "0"
        for number, row in enumerate(kept):
            for name, values in row.items():
                data.setlist(f"{prefix}-{number}-{name}", values)
            if prefix == "rules":
                data[f"rules-{number}-ORDER"] = str(number + 1)
    return data


def _rows(posted: QueryDict, prefix: str) -> list[dict[str, list[str]]]:
    """The rows of a formset as they were posted, those marked for removal left out, by their order."""
    total = posted.get(f"{prefix}-TOTAL_FORMS", "")
    rows = []
    for number in range(min(int(total), 100) if total.isdecimal() and len(total) < 5 else 0):
        start = f"{prefix}-{number}-"
        row = {name[len(start) :]: posted.getlist(name) for name in posted if name.startswith(start)}
        if "DELETE" not in row:
            rows.append(row)
    return sorted(rows, key=_order) if prefix == "rules" else rows


def _order(row: dict[str, list[str]]) -> int:
    text = row.get("ORDER", [""])[0]
    return int(text) if text.isdecimal() and len(text) < 5 else 10_000
