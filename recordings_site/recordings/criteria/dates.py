"""Parses dates as they are typed: "2024-03-05", "march", "last week", "3 days ago", "march..may"."""

import calendar
import re
from datetime import UTC, date, datetime, time, timedelta, tzinfo

_COUNTS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
_UNITS = {"day": 1, "days": 1, "d": 1, "week": 7, "weeks": 7, "w": 7}
_MONTHS = {name.lower(): index for index, name in enumerate(calendar.month_name) if name}
_MONTHS |= {name.lower(): index for index, name in enumerate(calendar.month_abbr) if name}
_DAYS = {name.lower(): index for index, name in enumerate(calendar.day_name)}
_DAYS |= {name.lower(): index for index, name in enumerate(calendar.day_abbr)}

_MINUTE = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}", re.ASCII)


def span_of(text: str, *, now: datetime, zone: tzinfo) -> tuple[datetime, datetime] | None:
    """Return start and excluded end of a date or a minute, or of a range of two; None when it cannot be parsed."""
    today = now.astimezone(zone).date()
    try:
        spans = [_minute(each) or _midnights(_plain(each), today) for each in text.split("..", maxsplit=1)]
        known = [each for each in spans if each is not None]
        if len(known) < len(spans):
            return None
        ends = min(known)[0], max(known)[1]
        # In UTC, as databases store times: the first and last day of the calendar overflow there.
        first, last = (end.replace(tzinfo=zone).astimezone(UTC) for end in ends)
    except (ValueError, OverflowError):
        return None
    return first, last


def _minute(text: str) -> tuple[datetime, datetime] | None:
    """Return start and end of "2024-03-05T14:05" on the clock, without a zone."""
    if not _MINUTE.fullmatch(text.strip()):
        return None
    start = datetime.fromisoformat(text.strip())
    return start, start + timedelta(minutes=1)


def _midnights(words: str, today: date) -> tuple[datetime, datetime] | None:
    """Return the midnights around the days that the words mean, without a zone."""
    days = _days(words, today)
    return (datetime.combine(days[0], time.min), datetime.combine(days[1], time.min)) if days else None


def _plain(text: str) -> str:
    """Normalise a date's words: "5Th-March" and "5th march" are "5 march", "two weeks" is "2 weeks"."""
    words = re.sub(r"[\s_,]+|(?<=[a-z])-|-(?=[a-z])", " ", text.strip().lower()).strip()
    words = re.sub(r"(?<=\d)(?:st|nd|rd|th)\b", "", words)
    return re.sub(r"[a-z]+", lambda found: str(_COUNTS.index(found[0])) if found[0] in _COUNTS else found[0], words)


def _days(words: str, today: date) -> tuple[date, date] | None:
    """Return the first day and the day after the last."""
    day = timedelta(days=1)
    monday = today - today.weekday() * day
    fixed = {
        "today": (today, today + day),
        "yesterday": (today - day, today),
        "this week": (monday, monday + 7 * day),
        "last week": (monday - 7 * day, monday),
        "this month": _month(today.year, today.month),
        "last month": _month(*_month_before(today.year, today.month)),
        "this year": (date(today.year, 1, 1), date(today.year + 1, 1, 1)),
        "last year": (date(today.year - 1, 1, 1), date(today.year, 1, 1)),
    }
    if words in fixed:
        return fixed[words]
    return _in_figures(words) or _in_words(words.removeprefix("last ").removeprefix("in "), today)


def _in_figures(words: str) -> tuple[date, date] | None:
    """Year, month, day; or day, month, year where points make clear that it is not the American order.

    With strokes either order is usual: then it is clear only if one of the figures can be no month.
    """
    figures = [int(each) for each in re.findall(r"\d+", words)]
    if re.fullmatch(r"\d{1,2}\.\d{1,2}\.\d{4}", words):
        figures.reverse()
    elif re.fullmatch(r"\d{1,2}/\d{1,2}/\d{4}", words):
        one, other, year = figures
        if max(one, other) <= 12 and one != other:
            return None
        figures = [year, min(one, other), max(one, other)]
    elif not re.fullmatch(r"\d{4}(?:([-/.])\d{1,2}(?:\1\d{1,2})?)?", words):
        return None
    match figures:
        case [year]:
            return date(year, 1, 1), date(year + 1, 1, 1)
        case [year, month]:
            return _month(year, month)
        case [year, month, number]:
            found = date(year, month, number)
            return found, found + timedelta(days=1)
    return None


def _in_words(words: str, today: date) -> tuple[date, date] | None:
    day = timedelta(days=1)
    if words in _DAYS:
        found = today - ((today.weekday() - _DAYS[words]) % 7 or 7) * day
        return found, found + day
    if ago := re.fullmatch(r"(\d{1,4}) ?(days?|d|weeks?|w)(?: ago)?", words):
        found = today - int(ago[1]) * _UNITS[ago[2]] * day
        return found, found + day
    if ago := re.fullmatch(r"(\d{1,3}) ?(months?|m)(?: ago)?", words):
        year, month = divmod(today.year * 12 + today.month - 1 - int(ago[1]), 12)
        return _month(year, month + 1)
    if named := re.fullmatch(r"([a-z]+)(?: (\d{4}))?", words):
        if (index := _MONTHS.get(named[1])) is not None:
            # A month without its year is the latest one that has begun.
            return _month(int(named[2]) if named[2] else today.year - (index > today.month), index)
    elif (named := re.fullmatch(r"(?:(\d{1,2}) ?([a-z]+)|([a-z]+) (\d{1,2}))(?: (\d{4}))?", words)) and (
        index := _MONTHS.get(named[2] or named[3])
    ):
        found = date(int(named[5]) if named[5] else today.year, index, int(named[1] or named[4]))
        found = found if named[5] or found <= today else found.replace(year=found.year - 1)
        return found, found + day
    return None


def _month(year: int, month: int) -> tuple[date, date]:
    after = date(year + month // 12, month % 12 + 1, 1)
    return date(year, month, 1), after


def _month_before(year: int, month: int) -> tuple[int, int]:
    return (year, month - 1) if month > 1 else (year - 1, 12)
