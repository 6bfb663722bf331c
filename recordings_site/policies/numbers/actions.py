"""Changes of many numbers in one action: one row that can be undone, an audit row for it and for each number.

A row of a change is `{column: value}` with the columns of `COLUMNS`; `archived` is a column alike.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Model
from django.utils import timezone

from recordings_site.accounts import audit
from recordings_site.accounts.approvals import actions as approvals
from recordings_site.accounts.approvals.kinds import Refused, change
from recordings_site.accounts.models import Approval, Team, User
from recordings_site.base.formatting import counted
from recordings_site.destinations.models import Destination
from recordings_site.policies.applications.actions import NUMBER_FIELDS
from recordings_site.policies.applications.four_eyes import GUARDED
from recordings_site.policies.models import Application, NumbersChange, PhoneNumber, Policy
from recordings_site.policies.revision.actions import bump_revision

KIND = "numbers.change"
COLUMNS = (*NUMBER_FIELDS, "archived")
# The columns whose values are ids of other rows.
RELATED: Mapping[str, type[Model]] = {
    "application_id": Application,
    "team_id": Team,
    "policy_id": Policy,
    "destination_id": Destination,
}
# Rows of one statement: SQLite takes no more than some thousand values.
BATCH = 500

Row = Mapping[str, Any]
# What a number has and gets, by column: (before, after).
Diff = dict[str, list[Any]]
_HELD = {name if name in COLUMNS else f"{name}_id" for name in GUARDED[PhoneNumber]} | {"archived"}


@dataclass(frozen=True)
class Changed:
    """What a change did: its row (None when nothing differed), and how many numbers changed, were added, and wait."""

    change: NumbersChange | None
    changed: int = 0
    added: int = 0
    waiting: int = 0


@transaction.atomic
def change_numbers(
    *, by: User | None, words: str, wanted: Mapping[int, Row], new: Mapping[str, Row] | None = None
) -> Changed:
    """Give numbers (by id) these values, and make `new` ones known (by digits), or bring them back: all or none.

    `words` say what is done, for people. Under POLICY_APPROVAL what takes a second admin waits as one request. Raises
    Refused.
    """
    numbers = {each.pk: each for each in PhoneNumber.objects.select_for_update().filter(pk__in=wanted).order_by("pk")}
    diffs = {pk: diff for pk, row in wanted.items() if pk in numbers and (diff := _diff(numbers[pk], row))}
    held: dict[int, Diff] = {}
    if settings.POLICY_APPROVAL:
        held = {pk: part for pk, diff in diffs.items() if (part := {n: v for n, v in diff.items() if n in _HELD})}
        diffs = {pk: part for pk, diff in diffs.items() if (part := {n: v for n, v in diff.items() if n not in _HELD})}
    added = _added(new or {})
    numbers |= {each.pk: each for each in added}
    diffs |= {each.pk: _diff(each, {**(new or {})[each.digits], "archived": False}) for each in added}
    if not diffs and not held:
        return Changed(None)
    row = NumbersChange.objects.create(made_by=by, words=words[:300], rows=_json(diffs), held=_json(held))
    _apply(by, row, numbers, diffs)
    if held:
        _ask(by, row, len(held))
    made = Changed(row, len(diffs) - len(added), len(added), len(held))
    counts = {"changed": made.changed, "added": made.added, "waiting": made.waiting}
    audit.record(by=by, action="numbers.changed", subject=row, data=counts)
    return made


@transaction.atomic
def undo_change(*, by: User | None, change: NumbersChange) -> Changed:
    """Give each number back what it had before, where it still has what the change gave it. Raises Refused."""
    row = NumbersChange.objects.select_for_update().get(pk=change.pk)
    if row.undone_at is not None:
        raise Refused("This change has already been undone.")
    numbers = PhoneNumber.objects.select_for_update().in_bulk([int(pk) for pk in row.rows])
    wanted: dict[int, Row] = {}
    for pk, diff in row.rows.items():
        number = numbers.get(int(pk))
        if number is not None:
            now = shown(number)
            wanted[number.pk] = {name: before for name, (before, after) in diff.items() if now[name] == after}
    row.undone_at = timezone.now()
    row.save(update_fields=["undone_at"])
    return change_numbers(by=by, words=f"Undo: {row.words}", wanted=wanted)


def shown(number: PhoneNumber) -> dict[str, Any]:
    """The values of a number's columns."""
    return {**{name: getattr(number, name) for name in NUMBER_FIELDS}, "archived": number.archived_at is not None}


def _ask(by: User | None, row: NumbersChange, count: int) -> None:
    if by is None:
        raise Refused("A second admin has to approve this. Use --by to name the admin making the request.")
    data = {"words": f"{counted(count, 'number')}: {row.words}"}
    approvals.ask(by=by, kind=KIND, subject=row, name=counted(count, "number"), data=data)


@change(KIND, "Change", shown=lambda data: str(data["words"]))
def _carry(by: User, approval: Approval) -> None:
    row = NumbersChange.objects.select_for_update().get(pk=approval.subject_id)
    numbers = PhoneNumber.objects.select_for_update().in_bulk([int(pk) for pk in row.held])
    diffs = {pk: _diff(numbers[pk], _after(diff)) for pk, diff in _ints(row.held) if pk in numbers}
    diffs = {pk: diff for pk, diff in diffs.items() if diff}
    # What was changed at once stays beside what is changed now, so that both are undone together.
    row.rows, row.held = _merged(row.rows, _json(diffs)), {}
    row.save(update_fields=["rows", "held"])
    _apply(by, row, numbers, diffs)


def _after(diff: Mapping[str, list[Any]]) -> Row:
    return {name: after for name, (_, after) in diff.items()}


def _ints(rows: Mapping[str, Any]) -> Iterable[tuple[int, Any]]:
    return ((int(pk), diff) for pk, diff in rows.items())


def _json(rows: Mapping[int, Diff]) -> dict[str, Diff]:
    return {str(pk): diff for pk, diff in rows.items()}


def _merged(first: dict[str, Diff], second: dict[str, Diff]) -> dict[str, Diff]:
    return {pk: {**first.get(pk, {}), **second.get(pk, {})} for pk in first | second}


def _diff(number: PhoneNumber, row: Row) -> Diff:
    """What a row changes of a number; nothing of one that was archived, unless the row brings it back."""
    now = shown(number)
    if now["archived"] and row.get("archived", True):
        return {}
    return {name: [now[name], row[name]] for name in COLUMNS if name in row and row[name] != now[name]}


def _added(new: Mapping[str, Row]) -> list[PhoneNumber]:
    """The rows of numbers to be added, archived as yet: those that were archived before, and fresh ones."""
    known = {each.digits: each for each in PhoneNumber.objects.select_for_update().filter(digits__in=new)}
    if any(each.archived_at is None for each in known.values()):
        raise Refused("Some of these numbers have since been added. Preview the changes again.")
    now = timezone.now()
    fresh = [
        PhoneNumber(digits=digits, archived_at=now, application_id=row["application_id"], team_id=row["team_id"])
        for digits, row in new.items()
        if digits not in known
    ]
    PhoneNumber.objects.bulk_create(fresh, batch_size=BATCH)
    return [*known.values(), *fresh]


def _apply(by: User | None, row: NumbersChange, numbers: Mapping[int, PhoneNumber], diffs: Mapping[int, Diff]) -> None:
    """Write what differs, keep what numbers had before, and leave a trail of each number."""
    if not diffs:
        return
    _still_there(diffs)
    _keep_past(diffs)
    now = timezone.now()
    for name in COLUMNS:
        column, changed = ("archived_at" if name == "archived" else name), []
        for pk, diff in diffs.items():
            if name in diff:
                value = diff[name][1]
                setattr(numbers[pk], column, (now if value else None) if name == "archived" else value)
                changed.append(numbers[pk])
        _write(column, changed)
    bump_revision()
    for action, rows in _trail(row, numbers, diffs).items():
        audit.record_all(by=by, action=action, rows=rows)


def _write(column: str, numbers: list[PhoneNumber]) -> None:
    """Write one column: by value while many numbers share it, else by rows, all of which are there already."""
    by_value: dict[Any, list[int]] = defaultdict(list)
    for number in numbers:
        by_value[getattr(number, column)].append(number.pk)
    if len(by_value) > 50:
        # Not bulk_update: its one statement names each row in a condition.
        name = column.removesuffix("_id")
        PhoneNumber.objects.bulk_create(
            numbers, batch_size=BATCH, update_conflicts=True, unique_fields=["id"], update_fields=[name]
        )
        return
    for value, pks in by_value.items():
        for start in range(0, len(pks), BATCH):
            PhoneNumber.objects.filter(pk__in=pks[start : start + BATCH]).update(**{column: value})


def _trail(
    row: NumbersChange, numbers: Mapping[int, PhoneNumber], diffs: Mapping[int, Diff]
) -> dict[str, list[tuple[PhoneNumber, str, dict[str, Any]]]]:
    """The audit rows of the numbers, by what was done to each."""
    kinds = {None: "number.changed", False: "number.created", True: "number.archived"}
    found: dict[str, list[tuple[PhoneNumber, str, dict[str, Any]]]] = defaultdict(list)
    for pk, diff in diffs.items():
        action = kinds[diff["archived"][1] if "archived" in diff else None]
        data = _after(diff) if action == "number.created" else diff
        found[action].append((numbers[pk], "", {**data, "change": row.pk}))
    return found


def _still_there(diffs: Mapping[int, Diff]) -> None:
    """Refuse a change to a row that was deleted meanwhile, such as a team."""
    for name, model in RELATED.items():
        wanted = {diff[name][1] for diff in diffs.values() if name in diff} - {None}
        if wanted and model._default_manager.filter(pk__in=wanted).count() < len(wanted):
            noun = model._meta.verbose_name
            raise Refused(f"The {noun} chosen for some of these numbers no longer exists. Choose another one.")


def _keep_past(diffs: Mapping[int, Diff]) -> None:
    """Keep what numbers had before: the recordings of that time stay with it."""
    policies, destinations = PhoneNumber.past_policies.through, PhoneNumber.past_destinations.through
    had = ((pk, diff["policy_id"][0]) for pk, diff in diffs.items() if "policy_id" in diff)
    policies._default_manager.bulk_create(
        [policies(phonenumber_id=pk, policy_id=before) for pk, before in had if before],
        ignore_conflicts=True, batch_size=BATCH,
    )  # fmt: skip
    lay = ((pk, diff["destination_id"][0]) for pk, diff in diffs.items() if "destination_id" in diff)
    destinations._default_manager.bulk_create(
        [destinations(phonenumber_id=pk, destination_id=before) for pk, before in lay if before],
        ignore_conflicts=True, batch_size=BATCH,
    )  # fmt: skip
