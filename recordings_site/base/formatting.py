"""Formats numbers, times, durations, sizes and phone numbers for people, and parses what people enter.

Everything that shows such a value comes here: pages through their template filters, exports, e-mails, sentences.
Times are formatted in their own time zone: the caller converts them first.
"""

import math
import re
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from functools import lru_cache

UNKNOWN = "–"
_PHONE = re.compile(r"\+?[0-9][0-9 ()./-]{1,30}")
_TIMECODE = re.compile(r"(?:(?:(\d{1,3}):)?(\d{1,3}):)?(\d{1,6}(?:\.\d{1,6})?)", re.ASCII)


def grouped(number: int) -> str:
    """A whole number with separated thousands: "12,345"."""
    return f"{number:,}"


def counted(number: int, noun: str, plural: str = "") -> str:
    """A count with its noun: "1 number", "1,200 numbers"; `plural` for irregular plurals."""
    return f"{grouped(number)} {noun if number == 1 else plural or f'{noun}s'}"


def either(words: Iterable[str]) -> str:
    """The words joined as a choice: "s3, azure or gs"."""
    *others, last = words
    return f"{', '.join(others)} or {last}" if others else last


def filesize(count: int | None) -> str:
    """Bytes in the unit that keeps it short: "1.2 MB"; an en dash when unknown."""
    if count is None:
        return UNKNOWN
    size = float(count)
    for unit in ("B", "kB", "MB"):
        if size < 1000:
            return _sized(size, unit)
        size /= 1000
    return _sized(size, "GB")


def _sized(size: float, unit: str) -> str:
    return f"{size:.0f} {unit}" if unit == "B" or size >= 100 else f"{size:.1f} {unit}"


def duration(seconds: float | timedelta | None) -> str:
    """Seconds as `m:ss`, from one hour `h:mm:ss`, truncated like the player's clock; an en dash when unknown."""
    if seconds is None or seconds == "":
        return UNKNOWN
    hours, minutes, secs = _clock(seconds.total_seconds() if isinstance(seconds, timedelta) else seconds)
    return f"{hours}:{minutes:02d}:{secs:02d}" if hours else f"{minutes}:{secs:02d}"


def spoken_duration(seconds: float | None) -> str:
    """Seconds in words, for screen readers: "1 hour 2 minutes 4 seconds"."""
    if seconds is None:
        return "unknown"
    parts = zip(_clock(seconds), ("hour", "minute", "second"), strict=True)
    return " ".join(counted(count, unit) for count, unit in parts if count) or "0 seconds"


def _clock(seconds: float) -> tuple[int, int, int]:
    """Whole hours, minutes and seconds; negative values count as zero."""
    minutes, secs = divmod(max(int(float(seconds)), 0), 60)
    return minutes // 60, minutes % 60, secs


def cue_time(seconds: float, point: str) -> str:
    """Seconds as subtitles have them: "00:12:04.500", with `point` (SRT: a comma) before the milliseconds."""
    millis = round(seconds * 1000)
    hours, minutes, secs = _clock(millis // 1000)
    return f"{hours:02}:{minutes:02}:{secs:02}{point}{millis % 1000:03}"


def timecode(seconds: float) -> str:
    """Seconds as links hold them: "754.2", also in long calls, where `:g` would leave tenths."""
    return f"{seconds:.2f}".rstrip("0").rstrip(".")


def precise_clock(seconds: float) -> str:
    """Seconds as they are typed and read back: "12:04.5", "1:02:03"."""
    tenths = round(seconds * 10)
    return duration(tenths // 10) + (f".{tenths % 10}" if tenths % 10 else "")


def parse_timecode(text: str | None) -> float | None:
    """Parse a link's "754.2", "12:34" or "1:02:03.5" into seconds, else None."""
    match = _TIMECODE.fullmatch((text or "").strip())
    if match is None:
        return None
    hours, minutes, seconds = match.groups()
    value = int(hours or 0) * 3600 + int(minutes or 0) * 60 + float(seconds)
    return value if math.isfinite(value) else None


def parse_duration(text: str) -> float | None:
    """Parse a typed "90", "5m", "5 minutes", "1h30m" or "2:05" (minutes and seconds) into seconds, else None."""
    words = text.strip().lower().replace(" ", "")
    if clock := re.fullmatch(r"(?:(\d{1,3}):)?(\d{1,4}):(\d{1,2})", words):
        return int(clock[1] or 0) * 3600.0 + int(clock[2]) * 60 + int(clock[3])
    units = re.fullmatch(
        r"(?:(\d{1,4})h(?:ours?)?)?(?:(\d{1,5})m(?:ins?|inutes?)?)?(?:(\d{1,6})(?:s(?:ecs?|econds?)?)?)?", words
    )
    if not words or not units or not words.isascii():
        return None
    return int(units[1] or 0) * 3600.0 + int(units[2] or 0) * 60 + int(units[3] or 0)


def short_day(at: date) -> str:
    """A short date: "5 Mar"."""
    return f"{at.day} {at:%b}"


def month(at: date) -> str:
    """A month of a year: "March 2026"."""
    return f"{at:%B %Y}"


def day(at: date) -> str:
    """A date in a sentence: "5 March 2026"."""
    return f"{at.day} {at:%B %Y}"


def weekday(at: date) -> str:
    """A date with its day of the week: "Thursday, 5 March 2026"."""
    return f"{at:%A}, {day(at)}"


def day_and_time(at: datetime) -> str:
    """A date and a time in a sentence: "5 March 2026, 14:05"."""
    return f"{day(at)}, {at:%H:%M}"


def instant(at: datetime) -> str:
    """A date and a time in a sentence, with the name of its zone: "5 March 2026, 14:05 CET"."""
    return f"{day_and_time(at)} {at:%Z}"


def exact(at: datetime) -> str:
    """A date and a time to the second: "5 Mar 2026, 14:05:33"."""
    return f"{at.day} {at:%b %Y, %H:%M:%S}"


def full(at: datetime) -> str:
    """All of an instant, with weekday and zone: "Thu 5 Mar 2026, 14:05:33 CET"."""
    return f"{at:%a} {exact(at)} {at:%Z}"


def sortable(at: datetime) -> str:
    """A date and a time that sort as text, to the minute: "2026-03-05 14:05"."""
    return f"{at:%Y-%m-%d %H:%M}"


def relative(at: datetime, now: datetime) -> str:
    """How far `at` is from `now`, as short as a list needs it: "14 min ago", "yesterday 15:00", "24 Oct 15:00"."""
    now = now.astimezone(at.tzinfo)
    seconds = (now - at).total_seconds()
    if abs(seconds) < 45:
        return "just now"
    if abs(seconds) < 12 * 3600:
        minutes = max(round(abs(seconds) / 60), 1)
        span = f"{minutes} min" if minutes < 60 else f"{round(minutes / 60)} h"
        return f"{span} ago" if seconds > 0 else f"in {span}"
    days = (now.date() - at.date()).days
    if days == 0:
        return f"{at:%H:%M}"
    if days == 1:
        return f"yesterday {at:%H:%M}"
    if 1 < days < 7:
        return f"{at:%a %H:%M}"
    return f"{at.day} {at:%b %H:%M}" if at.year == now.year else f"{at.day} {at:%b %Y}"


@lru_cache(maxsize=8192)
def digits(number: str) -> str:
    """The digits of a phone number, "" for anything else (a SIP address, a user name, "anonymous").

    Sinch writes the plus sign of one number in one event and leaves it out in the next: numbers match by digits.
    """
    text = number.strip()
    if not _PHONE.fullmatch(text):
        return ""
    found = "".join(character for character in text if character.isdigit())
    return found if 3 <= len(found) <= 18 else ""


def e164(text: str) -> str:
    """A phone number with its plus sign; anything else (a user name, a SIP address) unchanged."""
    found = digits(text)
    return f"+{found}" if found else text


def phone(number: object) -> str:
    """A phone number for reading: "+46 70 123 45 67"; anything else is returned unchanged."""
    return _international(str(number or "").strip())


@lru_cache(maxsize=4096)
def _international(text: str) -> str:
    """Cached: own numbers and regular callers are on every page, and each takes 0.1 ms to parse."""
    found = text.lstrip("+")
    if not (found.isascii() and found.isdigit() and 6 <= len(found) <= 15):
        return text
    # Imported on first use, to save the fallback 80 ms and 7 MB.
    import phonenumbers

    try:
        parsed = phonenumbers.parse(f"+{found}", None)
    except phonenumbers.NumberParseException:
        return text
    if not phonenumbers.is_possible_number(parsed):
        return f"+{found}"
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
