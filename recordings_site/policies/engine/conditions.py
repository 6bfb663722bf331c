"""Evaluates the conditions of a rule for a call."""

import re
from datetime import datetime, timedelta
from fnmatch import translate
from functools import lru_cache

from recordings_site.policies.engine.call_facts import CallFacts
from recordings_site.policies.engine.schema.document import PolicyDocument, Rule, When


def winner(document: PolicyDocument, call: CallFacts) -> tuple[int, Rule] | None:
    """The first rule whose conditions hold, with its place counted from 1; None when none does."""
    local = call.at.astimezone(document.zone)
    for place, rule in enumerate(document.rules, 1):
        if holds(rule.when, call, local, document.holidays):
            return place, rule
    return None


def holds(when: When, call: CallFacts, local: datetime, holidays: tuple[str, ...]) -> bool:
    """Whether all conditions hold; `local` is the call's time in the policy's time zone."""
    return not failing(when, call, local, holidays)


def failing(when: When, call: CallFacts, local: datetime, holidays: tuple[str, ...]) -> str:
    """The first condition that does not hold: direction, hours, weekdays, holidays, callers, numbers; "" if all do."""
    if when.direction not in ("any", call.direction):
        return "direction"
    day = _working_day(when, local)
    if day is None:
        return "hours"
    if when.weekdays and day.isoweekday() not in when.weekdays:
        return "weekdays"
    if when.holidays != "any" and is_holiday(day, holidays) != (when.holidays == "only"):
        return "holidays"
    if when.callers and not any(from_caller(mask, call) for mask in when.callers):
        return "callers"
    if when.numbers and not any(covers(mask, call.to, call.to_digits) for mask in when.numbers):
        return "numbers"
    return ""


def from_caller(mask: str, call: CallFacts) -> bool:
    """Whether a mask matches the caller: an app user by name, or by the number shown for the user."""
    if mask == "private":
        return call.is_private
    if call.user and covers(mask, call.user, ""):
        return True
    return not call.is_private and covers(mask, call.cli, call.cli_digits)


def covers(mask: str, text: str, number: str) -> bool:
    """Whether a mask matches an end of a call: a phone number (`number` is not empty) by its digits, any other by name.

    A mask with a plus sign is one of phone numbers; one of digits alone may be a user's name as well.
    """
    is_of_numbers, pattern = _pattern(mask)
    if number:
        return is_of_numbers and pattern.match(number) is not None
    return not mask.startswith("+") and pattern.match(text.lower()) is not None


def is_holiday(day: datetime, holidays: tuple[str, ...]) -> bool:
    """Whether the day is in the list, as 2026-12-24 or, for each year, 12-24."""
    return f"{day:%Y-%m-%d}" in holidays or f"{day:%m-%d}" in holidays


@lru_cache(maxsize=4096)
def _pattern(mask: str) -> tuple[bool, re.Pattern[str]]:
    """Whether a mask is one of numbers, and what it matches; kept, as every call of a number asks for the same."""
    wanted = mask.removeprefix("+")
    is_of_numbers = not wanted.replace("*", "") or wanted.replace("*", "").isdigit()
    text = wanted if is_of_numbers else mask.lower()
    # Only * is special in a mask: fnmatch's ? and [ are taken literally.
    return is_of_numbers, re.compile(translate(text.replace("[", "[[]").replace("?", "[?]")))


def _working_day(when: When, local: datetime) -> datetime | None:
    """The day to which the call's time belongs, or None outside the hours.

    Hours that pass midnight (22:00 to 06:00) belong to the day on which they began.
    """
    if not when.start or when.start == when.end:
        return local
    now, start, end = f"{local:%H:%M}", when.start, when.end
    if start < end:
        return local if start <= now < end else None
    if now >= start:
        return local
    return local - timedelta(days=1) if now < end else None
