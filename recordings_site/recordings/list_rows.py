"""Writes the rows of the list of recordings. In Python: as a template they were half of the time of a page of fifty.

What people or Sinch wrote is escaped, once: `format_html` at each level was half of the time of the rows. Python's own
`escape` does it: Django's asks first whether a text is lazy, which takes longer than all the rest.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from html import escape
from typing import Any
from urllib.parse import quote
from uuid import UUID

from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from recordings_site.base.formatting import duration, filesize, phone
from recordings_site.calls.models import Direction
from recordings_site.recordings.columns import Column
from recordings_site.recordings.lifecycle import sentences
from recordings_site.recordings.state import State, shown_state
from recordings_site.web.templatetags.site import icon, state, when

# A named tuple of `RecordingJobQuerySet.as_rows`.
Row = Any
_ANY = UUID(int=0)
_DIRECTIONS = dict(Direction.choices)
_ROW = (
    '<tr><td class="col-check"><input type="checkbox" name="pk" value="{}" aria-label="Select this recording"></td>'
    '<th scope="row"><a class="row-open call" href="{}{}">{}<span><span class="visually-hidden">{}: </span>{}{}</span>'
    "</a></th>{}</tr>"
)
_NO, _NOT_YET, _NOT_HEARD = (
    format_html('<span class="quiet">{}</span>', word) for word in ("No", "Not yet", "Not heard")
)


def rows_html(
    rows: Iterable[Row], columns: Sequence[Column], list_query: str, tags: Mapping[UUID, Sequence[str]]
) -> SafeString:
    """The rows of a page; each recording's link carries the list's query along, to walk through it there."""
    query = f"?list={quote(list_query, safe='')}"
    written: dict[str, Callable[[Row], object]] = {**_CELLS, "tags": lambda row: _chips(tags.get(row.id, ()))}
    cells = [(_head(column), written[column.name]) for column in columns]
    # Made once: to look up fifty addresses takes as long as the rest of the rows.
    address = reverse("recording", args=[_ANY])
    return SafeString(
        "\n".join(
            _ROW.format(
                row.id,
                address.replace(str(_ANY), str(row.id)),
                query,
                icon("conference" if row.conference_session__conference_id else row.direction or "idle"),
                "Conference" if row.conference_session__conference_id else _DIRECTIONS[row.direction],
                escape(row.number__label or phone(row.number__digits) or "Unattributed"),
                _html(_other_side(row)),
                "".join(f"{head}{_html(cell(row))}</td>" for head, cell in cells),
            )
            for row in rows
        )
    )


def _html(value: object) -> str:
    return value if isinstance(value, SafeString) else escape(str(value))


def _head(column: Column) -> SafeString:
    css = "col-num" if column.figures else "nowrap" if column.name == "when" else ""
    return format_html('<td data-label="{}" class="{}">', column.heading, css)


def _other_side(row: Row) -> SafeString | str:
    """Whom the number spoke with."""
    if row.conference_session__conference_id:
        return f" · conference {row.conference_session__conference_id}"
    if not row.caller:
        return ""
    outbound = row.direction == "outbound"
    other = phone(row.call__called if outbound else row.caller)
    return SafeString(f' <span class="quiet">{"→" if outbound else "←"} {escape(other)}</span>')


def _length(row: Row) -> SafeString | str:
    if not row.heard_at:
        return duration(row.duration)
    to = f" to {duration(row.heard_to)}" if row.heard_to else ""
    return format_html(
        '{}<span class="heard" title="You heard this{}">{}<span class="visually-hidden">Heard</span></span>',
        duration(row.duration), to, icon("check"),
    )  # fmt: skip


def _transcript(row: Row) -> SafeString:
    if row.has_transcript:
        return format_html("{} Yes", icon("transcript"))
    if not row.transcription or row.deleted_at or row.state == State.NOT_RECORDED:
        return _NO
    return state("late") if row.transcript_overdue_since else _NOT_YET


def _policy(row: Row) -> str:
    name, version = row.decision__policy_version__policy__name, row.decision__policy_version__number
    return f"{name} v{version}" if name else "–"


def _chips(words: Iterable[str]) -> SafeString:
    return format_html_join(" ", '<span class="chip">{}</span>', ((word,) for word in words))


def _heard(row: Row) -> SafeString:
    return format_html("{} Heard", icon("check")) if row.heard_at else _NOT_HEARD


_CELLS: dict[str, Callable[[Row], object]] = {
    "when": lambda row: when(row.happened_at),
    "length": _length,
    "state": lambda row: state(shown_state(row), reason=sentences.reason(row)),
    "transcript": _transcript,
    "direction": lambda row: _DIRECTIONS[row.direction],
    "caller": lambda row: phone(row.caller),
    "team": lambda row: row.number__team__name or "–",
    "policy": _policy,
    "destination": lambda row: row.destination__name or "–",
    "locale": lambda row: row.locale or "–",
    "heard": _heard,
    "size": lambda row: filesize(row.size),
}
