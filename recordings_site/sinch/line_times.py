"""Parses the start time of a transcript line: seconds as written by Sinch, or other tools' notations."""

import re

from .json_fields import number_of

_NUMBER = r"\d{1,12}(?:[.,]\d{1,9})?"
# 1:05.6, 00:01:05,600
_CLOCK = re.compile(rf"(?:(\d{{1,4}}):)?(\d{{1,4}}):({_NUMBER})")
# PT1H1M5.6S (ISO 8601), 1h 1m 5.6s, 65.6s (protobuf), 65600ms
_UNITS = re.compile(
    rf"(?:P(?:0D)?T)?(?:({_NUMBER})\s*h(?:ours?|rs?)?)?\s*(?:({_NUMBER})\s*m(?:in(?:utes?)?)?)?"
    rf"\s*(?:({_NUMBER})\s*s(?:ec(?:onds?)?)?)?\s*(?:({_NUMBER})\s*m(?:illi)?s(?:ec(?:onds?)?)?)?",
    re.IGNORECASE,
)
_UNITS_OF = (3600.0, 60.0, 1.0, 0.001)
_LONGEST = 60


def seconds_of(value: object) -> float | None:
    """Seconds of 65.6, "65,6", "1:05.6", "00:01:05,600", "PT1M5.6S", "1m 5.6s" or "65600ms"; None for anything else."""
    number = number_of(value)
    if number is not None or not isinstance(value, str) or len(value) > _LONGEST:
        return number
    text = value.strip(" \t[]()<>")
    if clock := _CLOCK.fullmatch(text):
        hours, minutes, seconds = (float((part or "0").replace(",", ".")) for part in clock.groups())
        return hours * 3600 + minutes * 60 + seconds
    parts = _UNITS.fullmatch(text)
    if parts is None or not any(parts.groups()):
        return None
    numbers = (float((part or "0").replace(",", ".")) for part in parts.groups())
    return sum(number * unit for number, unit in zip(numbers, _UNITS_OF, strict=True))
