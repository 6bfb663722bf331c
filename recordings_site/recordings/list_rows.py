"""Writes the rows of the list of recordings. In Python: as a template they were half of the time of a page of fifty.

What people or Sinch wrote is escaped, once: `format_html` at each level was half of the time of the rows. Python's own
`escape` does it: Django's asks first whether a text is lazy, which takes longer than all the rest.
"""

from collections.abc import Callable, Iterable, Sequence
from html import escape
from urllib.parse import quote
from uuid import UUID

from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from recordings_site.calls.models import Direction
from recordings_site.recordings.columns import Column
from recordings_site.recordings.models import RecordingJob
from recordings_site.recordings.state import State
from recordings_site.web.templatetags.site import duration, filesize, icon, phone, state, when

_ANY = UUID(int=0)
_ROW = (
    '<tr><td class="col-check"><input type="checkbox" name="pk" value="{}" aria-label="Select this recording"></td>'
    '<th scope="row"><a class="row-open call" href="{}{}">{}<span><span class="visually-hidden">{}: </span>{}{}</span>'
    "</a></th>{}</tr>"
)
_NO, _NOT_YET, _NOT_HEARD = (
    format_html('<span class="quiet">{}</span>', word) for word in ("No", "Not yet", "Not heard")
)


def rows_html(recordings: Iterable[RecordingJob], columns: Sequence[Column], list_query: str) -> SafeString:
    """The rows of a page; each recording's link carries the list's query along, to walk through it there."""
    query = f"?list={quote(list_query, safe='')}"
    cells = [(_head(column), _CELLS[column.name]) for column in columns]
    # Made once: to look up fifty addresses takes as long as the rest of the rows.
    address = reverse("recording", args=[_ANY])
    words = dict(Direction.choices)
    return SafeString(
        "\n".join(
            _ROW.format(
                row.pk,
                address.replace(str(_ANY), str(row.pk)),
                query,
                icon("conference" if row.is_conference else row.direction or "idle"),
                "Conference" if row.is_conference else words[row.direction],
                escape(str(row.number or "Unattributed")),
                _html(_other_side(row)),
                "".join(f"{head}{_html(cell(row))}</td>" for head, cell in cells),
            )
            for row in recordings
        )
    )


def _html(value: object) -> str:
    return value if isinstance(value, SafeString) else escape(str(value))


def _head(column: Column) -> SafeString:
    css = "col-num" if column.figures else "nowrap" if column.name == "when" else ""
    return format_html('<td data-label="{}" class="{}">', column.heading, css)


def _other_side(row: RecordingJob) -> SafeString | str:
    """Whom the number spoke with."""
    if row.conference_session:
        return f" · conference {row.conference_session.conference_id}"
    if not row.caller:
        return ""
    outbound = row.direction == "outbound"
    other = phone(row.call.called if row.call else "") if outbound else phone(row.caller)
    return SafeString(f' <span class="quiet">{"→" if outbound else "←"} {escape(other)}</span>')


def _length(row: RecordingJob) -> SafeString | str:
    if not row.heard_at:  # type: ignore[attr-defined]
        return duration(row.duration)
    to = f" to {duration(row.heard_to)}" if row.heard_to else ""  # type: ignore[attr-defined]
    return format_html(
        '{}<span class="heard" title="You heard this{}">{}<span class="visually-hidden">Heard</span></span>',
        duration(row.duration), to, icon("check"),
    )  # fmt: skip


def _transcript(row: RecordingJob) -> SafeString:
    if row.has_transcript:  # type: ignore[attr-defined]
        return format_html("{} Yes", icon("transcript"))
    if not row.transcription or row.deleted_at or row.state == State.NOT_RECORDED:
        return _NO
    return state("late") if row.transcript_overdue_since else _NOT_YET


def _tags(row: RecordingJob) -> SafeString:
    return format_html_join(" ", '<span class="chip">{}</span>', ((each.tag.name,) for each in row.taggings.all()))


def _heard(row: RecordingJob) -> SafeString:
    return format_html("{} Heard", icon("check")) if row.heard_at else _NOT_HEARD  # type: ignore[attr-defined]


_CELLS: dict[str, Callable[[RecordingJob], object]] = {
    "when": lambda row: when(row.happened_at),
    "length": _length,
    "state": lambda row: state(row.shown_state, reason=row.shown_reason),
    "transcript": _transcript,
    "direction": lambda row: row.get_direction_display(),
    "caller": lambda row: phone(row.caller),
    "team": lambda row: (row.number and row.number.team) or "–",
    "policy": lambda row: (row.decision and row.decision.policy_version) or "–",
    "destination": lambda row: row.destination or "–",
    "locale": lambda row: row.locale or "–",
    "tags": _tags,
    "heard": _heard,
    "size": lambda row: filesize(row.size),
}
