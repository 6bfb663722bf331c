"""Writes the hits of a search. In Python: as templates they were nine tenths of the time of a page of twenty."""

from collections.abc import Iterable
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from recordings_site.base.formatting import duration, phone, spoken_duration
from recordings_site.recordings.models import RecordingJob
from recordings_site.recordings.search import Hit, HitLine, Piece
from recordings_site.recordings.state import State
from recordings_site.web.templatetags.site import icon, when

_HIT = (
    '<li class="hit"><div class="spread"><h2><a href="{}">{} {}{}</a></h2>'
    '<span class="meta">{} · {}</span></div>{}{}{}</li>'
)
_LINE = (
    '<li><span class="hit-at">{}<a class="num" href="{}">{}<span class="visually-hidden"> open at this moment</span>'
    '</a></span> <span class="strong clip" dir="auto">{}</span> '
    '<span class="from-call" lang="{}" dir="auto">{}</span></li>'
)
_PLAY = (
    '<button type="button" class="btn btn-quiet btn-icon btn-small" data-play="{}" data-t="{}" data-title="{} · {}"'
    ' data-href="{}" aria-label="Play from {}" hidden>{}</button>'
)
_STRIP = (
    '<svg class="hit-strip" viewBox="0 0 100 4" preserveAspectRatio="none" role="img"'
    ' aria-label="{} line{} found, the first at {}"><rect class="strip-ground" width="100" height="4"/>{}</svg>'
)
_MARK = '<rect class="strip-mark" x="{}" width="0.4" height="4" data-t="{}"/>'


def hits_html(hits: Iterable[Hit], list_name: str) -> SafeString:
    """The hits of a page as list items; their links carry the list's name, to walk through these very hits there."""
    return format_html_join("\n", "{}", ((_hit(each, list_name),) for each in hits))


def address_of(hit: Hit, list_name: str) -> str:
    """Where a hit opens: at its first line, with find filled in."""
    address = reverse("recording", args=[hit.recording.pk])
    return _moment(address, hit.seconds[0] if hit.seconds else None, hit.words, list_name)


def _hit(hit: Hit, list_name: str) -> SafeString:
    recording = hit.recording
    address = reverse("recording", args=[recording.pk])
    first = address_of(hit, list_name)
    more = ""
    if hit.more_lines > 0:
        more = format_html(
            '<p class="meta"><a href="{}">{} more line{}</a></p>', first, hit.more_lines, _s(hit.more_lines)
        )
    lines = format_html_join("", "{}", ((_line(recording, line, address, list_name),) for line in hit.lines))
    return format_html(
        _HIT, first,
        icon("conference" if recording.is_conference else recording.direction or "idle"),
        recording.number or "Unattributed", _other_side(hit),
        when(recording.happened_at), duration(recording.duration),
        _strip(hit), format_html('<ul class="hit-lines">{}</ul>', lines) if lines else "", more,
    )  # fmt: skip


def _moment(address: str, seconds: float | None, words: str, list_name: str) -> str:
    """The address of a recording, with find filled in, at a second."""
    filled = ({"q": words} if words else {}) | ({} if seconds is None else {"t": str(seconds)}) | {"list": list_name}
    return f"{address}?{urlencode(filled)}"


def _other_side(hit: Hit) -> SafeString | str:
    """Whom the number spoke with."""
    recording = hit.recording
    if not recording.caller:
        return ""
    called = recording.direction == "outbound" and recording.call is not None
    other = phone(recording.call.called if called and recording.call else recording.caller)
    return format_html(' <span class="quiet">{} {}</span>', "→" if called else "←", other)


def _strip(hit: Hit) -> SafeString | str:
    """Where in the call the lines lie that were found."""
    if not hit.seconds:
        return ""
    marks = format_html_join("", _MARK, ((place, at) for at, place in hit.marks))
    return format_html(_STRIP, len(hit.seconds), _s(len(hit.seconds)), spoken_duration(hit.seconds[0]), marks)


def _line(recording: RecordingJob, line: HitLine, address: str, list_name: str) -> SafeString:
    moment = _moment(address, line.seconds, line.words, list_name)
    play: SafeString | str = ""
    if recording.state == State.AVAILABLE:
        audio = reverse("recording_audio", args=[recording.pk])
        play = format_html(
            _PLAY, audio, line.seconds, recording.number or "Unattributed", duration(line.seconds), moment,
            spoken_duration(line.seconds), icon("play"),
        )  # fmt: skip
    text = format_html_join("", "{}", ((_piece(each),) for each in line.pieces))
    return format_html(_LINE, play, moment, duration(line.seconds), line.speaker, recording.locale, text)


def _piece(piece: Piece) -> SafeString | str:
    return format_html("<mark>{}</mark>", piece.text) if piece.found else piece.text


def _s(count: int) -> str:
    return "" if count == 1 else "s"
