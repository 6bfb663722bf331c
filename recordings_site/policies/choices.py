"""Numbers, policies, destinations and applications, as people pick them by typing."""

from dataclasses import replace

from recordings_site.accounts.models import User
from recordings_site.accounts.picking.choices import Choices, in_name
from recordings_site.base.text import digits_of
from recordings_site.policies.models import Application, PhoneNumber, PhoneNumberQuerySet, Policy


def _number(label: str, digits: str) -> str:
    """What a number is called: its label and its digits."""
    return f"{label} +{digits}" if label else f"+{digits}"


def _is_number(text: str, word: str) -> bool:
    """Whether a text is a part of a number's word, or its digits written with separators or a leading zero."""
    digits = "" if any(each.isalpha() for each in text) else digits_of(text).lstrip("0")
    return in_name(text, word) or bool(digits and digits in digits_of(word))


def _numbers(user: User) -> PhoneNumberQuerySet:
    return PhoneNumber.objects.visible_to(user).order_by("label", "digits")


NUMBERS = Choices(
    name="numbers", noun="number", rows=_numbers, columns=("label", "digits"), word=_number, fits=_is_number
)
NUMBERS_IN_USE = replace(NUMBERS, name="numbers-in-use", rows=lambda user: _numbers(user).in_use())
POLICIES = Choices(name="policies", noun="policy", rows=lambda user: Policy.objects.visible_to(user))
POLICIES_IN_USE = replace(
    POLICIES, name="policies-in-use", rows=lambda user: Policy.objects.visible_to(user).filter(archived_at=None)
)
DESTINATIONS = Choices(
    name="destinations",
    noun="destination",
    rows=lambda user: PhoneNumber.objects.destinations_visible_to(user).order_by("name"),
)
DESTINATIONS_IN_USE = replace(
    DESTINATIONS,
    name="destinations-in-use",
    rows=lambda user: PhoneNumber.objects.destinations_visible_to(user).filter(archived_at=None).order_by("name"),
)
APPLICATIONS_IN_USE = Choices(
    name="applications-in-use",
    noun="application",
    rows=lambda user: Application.objects.visible_to(user).in_use(),
)
