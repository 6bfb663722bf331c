"""The kinds of change that may take a second admin, declared beside what each changes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from recordings_site.accounts.models import Approval, User

WAITS = "Another admin has to approve this change. We’ve notified the other admins."
Carry = Callable[[User, Approval], None]
"""Carries an approved change out: `(by, approval)`, `by` being who asked for it. Raises `accounts.actions.PeopleError`
or another Refused when it is no longer possible."""


class Refused(Exception):
    """A change that cannot be asked for, approved or carried out; says what to do."""


@dataclass(frozen=True)
class Change:
    """One kind of change: what it is called on pages ("Change the role of"), and what carries it out."""

    label: str
    carry: Carry
    shown: Callable[[Mapping[str, Any]], str]


CHANGES: dict[str, Change] = {}


def described(asked: Approval) -> str:
    """Return a request as a sentence's beginning: "Change the role of Ann: from support to admin"."""
    found = CHANGES.get(asked.kind)
    return f"{found.label} {asked.subject_name}: {found.shown(asked.data)}" if found else asked.subject_name


def change(kind: str, label: str, *, shown: Callable[[Mapping[str, Any]], str]) -> Callable[[Carry], Carry]:
    """Decorate what carries out changes of this kind; `shown` puts the data of one into words."""

    def register(carry: Carry) -> Carry:
        CHANGES[kind] = Change(label, carry, shown)
        return carry

    return register
