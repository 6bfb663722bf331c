"""Numbers and policies, as people pick them by typing."""

from recordings_site.base.text import digits_of
from recordings_site.policies.models import PhoneNumber, Policy
from recordings_site.web.picker import Choices, by_name


def _number(columns: tuple[str, str]) -> str:
    """What a number is called: its label and its digits."""
    label, digits = columns
    return f"{label} +{digits}" if label else f"+{digits}"


def _is_number(text: str, word: str) -> bool:
    """Whether a text is a part of a number's word, or its digits written with separators or a leading zero."""
    digits = "" if any(each.isalpha() for each in text) else digits_of(text).lstrip("0")
    return by_name(text, word) or bool(digits and digits in digits_of(word))


NUMBERS = Choices(
    name="numbers",
    rows=lambda user: PhoneNumber.objects.visible_to(user).order_by("label", "digits"),
    columns=("label", "digits"),
    word=_number,
    fits=_is_number,
)
POLICIES = Choices(name="policies", rows=lambda user: Policy.objects.all())
