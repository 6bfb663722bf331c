"""The periods that the list offers by one click: all, today, yesterday, seven days."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from recordings_site.recordings.criteria import narrowing


@dataclass(frozen=True, slots=True)
class Period:
    """A period, the query string of the list narrowed to it, and whether it is in use."""

    label: str
    link: str
    in_use: bool


def periods(query: Mapping[str, str], today: date) -> list[Period]:
    """Return the periods beside the other filters of a list; `today` is that of the viewer."""
    yesterday = today - timedelta(days=1)
    spans = {
        "All": ("", ""),
        "Today": (str(today), str(today)),
        "Yesterday": (str(yesterday), str(yesterday)),
        "7 days": (str(today - timedelta(days=6)), ""),
    }
    now = (query.get("since", ""), query.get("until", ""))
    return [
        Period(label, narrowing.link(query, since=since, until=until), now == (since, until))
        for label, (since, until) in spans.items()
    ]
