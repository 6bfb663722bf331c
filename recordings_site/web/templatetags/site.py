"""The words and signs that every page uses: icons, states, times, durations, numbers, ids and highlighted JSON.

These are template builtins: no `{% load %}` is needed. Nothing here marks data as safe; `format_html` escapes it.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any, Protocol

from django import template
from django.forms import BoundField, CheckboxInput, PasswordInput
from django.template.defaultfilters import stringfilter
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from recordings_site.base import formatting
from recordings_site.base.text import initials
from recordings_site.web.html import json_html, transcript_html
from recordings_site.web.undo import undo_of
from recordings_site.web.wording import event_names, library_wording

register = template.Library()


class Fragment(Protocol):
    """A piece of text, and whether it matched."""

    @property
    def text(self) -> str:
        """What is written there."""

    @property
    def found(self) -> bool:
        """Whether it is marked."""


# state → (tone, icon). A word that is not here is shown without a colour: states stay readable when one is added.
STATES: dict[str, tuple[str, str]] = {
    "available": ("ok", "ok"),
    "ok": ("ok", "ok"),
    "active": ("ok", "ok"),
    "published": ("ok", "ok"),
    "applied": ("ok", "ok"),
    "done": ("ok", "ok"),
    "reachable": ("ok", "ok"),
    "expected": ("wait", "wait"),
    "wait": ("wait", "wait"),
    "pending": ("wait", "wait"),
    "running": ("wait", "wait"),
    "finished": ("wait", "wait"),
    "invited": ("wait", "mail"),
    "draft": ("wait", "edit"),
    "recording": ("wait", "record"),
    "late": ("warn", "warn"),
    "warn": ("warn", "warn"),
    "suspect": ("warn", "warn"),
    "changed": ("warn", "warn"),
    "unattributed": ("warn", "warn"),
    "elsewhere": ("warn", "warn"),
    "missing": ("bad", "bad"),
    "unplayable": ("bad", "bad"),
    "bad": ("bad", "bad"),
    "error": ("bad", "bad"),
    "failed": ("bad", "bad"),
    "dead": ("bad", "bad"),
    "rejected": ("bad", "bad"),
    "unreachable": ("bad", "bad"),
    "not_recorded": ("idle", "idle"),
    "deleted": ("idle", "trash"),
    "deactivated": ("idle", "lock"),
    "retired": ("idle", "idle"),
}
_PHONE = re.compile(r"\+?\d[\d ()./-]+")
MESSAGE_TONES = {"success": "ok", "warning": "warn", "error": "bad", "info": "info", "debug": "info"}


@register.simple_tag
@lru_cache(maxsize=256)
def icon(name: str, css: str = "") -> SafeString:
    """The icon `name` of static/icons.svg; decoration only, so words must stand beside it."""
    return format_html(
        '<svg class="icon {}" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        css,
        static("icons.svg"),
        name,
    )


@register.simple_tag
def state(value: object, word: str = "", reason: object = "") -> SafeString:
    """A state as icon, word and colour; `word` overrides the word made from `value`, `reason` is shown below it."""
    key, word = str(value).lower(), word or str(getattr(value, "label", ""))
    shown = _signed(key, word) if word else _in_its_own_word(key)
    return format_html('{} <span class="reason">{}</span>', shown, reason) if reason else shown


@lru_cache(maxsize=128)
def _in_its_own_word(key: str) -> SafeString:
    """A state as each row of the long lists shows it. Kept by plain text: text marked as safe equals it."""
    return _signed(key, key.replace("_", " ").capitalize())


def _signed(key: str, label: str) -> SafeString:
    tone, sign = STATES.get(key, ("idle", "info"))
    return format_html('<span class="state state-{}">{} {}</span>', tone, icon(sign), label)


@register.filter
def tone(level: str) -> str:
    """The tone of a message of Django's: its level tag as one of ok, warn, bad, info."""
    return MESSAGE_TONES.get(level, "info")


@register.filter
def in_words(name: str) -> str:
    """A code of the audit trail or of a task for reading: "policy.draft_discarded" is "Policy draft discarded"."""
    return event_names.event_name(name)


for _filter in (
    formatting.duration,
    formatting.filesize,
    formatting.grouped,
    formatting.phone,
    formatting.spoken_duration,
    formatting.timecode,
    formatting.precise_clock,
):
    register.filter(_filter)
register.filter("transcript_lines", transcript_html.lines_html)
register.filter("undo_of", undo_of)
register.filter("initials", initials)
for _dated in (formatting.day, formatting.day_and_time, formatting.weekday):
    register.filter(_dated, expects_localtime=True)


@register.filter
def when(at: datetime | None) -> SafeString | str:
    """A time as `<time>`: relative while it is near, the exact one in the viewer's zone on hover."""
    if at is None:
        return formatting.UNKNOWN
    local = timezone.localtime(at)
    return _time(at, formatting.full(local), formatting.relative(local, timezone.now()))


@register.filter
def exact(at: datetime | None) -> SafeString | str:
    """A time as `<time>` with date and clock in the viewer's zone, for the evidence."""
    if at is None:
        return formatting.UNKNOWN
    local = timezone.localtime(at)
    return _time(at, formatting.full(local), formatting.exact(local))


@register.filter
def running(at: datetime) -> SafeString:
    """The time since `at` as a clock that live.js keeps running."""
    elapsed = max(0.0, (timezone.now() - at).total_seconds())
    return format_html(
        '<span class="num" role="timer" data-elapsed="{}">{}</span>', int(elapsed), formatting.duration(elapsed)
    )


def _time(at: datetime, title: str, text: str) -> SafeString:
    return format_html('<time datetime="{}" title="{}">{}</time>', at.isoformat(), title, text)


@register.filter
def unbroken(text: object) -> SafeString | str:
    """A phone number that stays on one line, at its hyphens too; anything else as it is."""
    shown = str(text)
    return format_html('<span class="nowrap">{}</span>', shown) if _PHONE.fullmatch(shown) else shown


@register.simple_tag
def short_id(value: object, keep: int = 6) -> SafeString | str:
    """An id shortened in its middle, in a button that copies the whole of it."""
    text = str(value or "")
    if not text:
        return "–"
    shown = text if len(text) <= 2 * keep + 1 else f"{text[:keep]}…{text[-keep:]}"
    return format_html(
        '<button type="button" class="copy mono" data-copy="{}" title="{}">{}'
        '<span class="visually-hidden"> (copy all of it)</span></button>',
        text,
        text,
        shown,
    )


@register.filter
def marked(fragments: Iterable[Fragment]) -> SafeString:
    """A text with what was found in it marked; each stretch of it is escaped."""
    shown = (format_html("<mark>{}</mark>", each.text) if each.found else each.text for each in fragments)
    return format_html_join("", "{}", ((each,) for each in shown))


@register.filter
def ticks(seconds: Iterable[float]) -> str:
    """Path data of a vertical tick at each of these seconds, four high."""
    return "".join(f"M{formatting.timecode(at)} 0v4" for at in seconds)


@register.filter(is_safe=True)
@stringfilter
def sentence_case(text: str) -> str:
    """A heading As Other Libraries Write It in our words, or in sentence case; abbreviations stay as they are."""
    if (ours := library_wording.reworded(text)) != text:
        return ours
    words = text.split(" ")
    first = next((place for place, word in enumerate(words) if word.strip()), 0)
    return " ".join(
        word if word.strip().isupper() else word[:1] + word[1:].lower() if place <= first else word.lower()
        for place, word in enumerate(words)
    )


@register.filter(is_safe=True)
@stringfilter
def reworded(text: str) -> str:
    """What another library says, as this site says it."""
    return library_wording.reworded(text)


@register.filter
def json_lines(document: Mapping[str, Any] | list[Any] | None) -> SafeString:
    """A JSON document as highlighted lines for `<pre class="json">`: recording parts marked, secrets masked."""
    return json_html.highlighted(document)


@register.filter
def is_check(field: BoundField) -> bool:
    """True for a single checkbox, whose label follows it."""
    return isinstance(field.field.widget, CheckboxInput)


@register.filter
def is_lost_secret(field: BoundField) -> bool:
    """Whether a new secret was typed that the page does not hold any more: a form with an error shows it empty."""
    widget = field.field.widget
    if not isinstance(widget, PasswordInput) or widget.render_value or field.errors or not field.form.is_bound:
        return False
    return widget.attrs.get("autocomplete") != "current-password" and bool(field.data)


@register.simple_tag(takes_context=True)
def query(context: Mapping[str, Any], **changes: object) -> str:
    """This page's query string with `changes` applied (None removes), starting with `?`; paging falls away."""
    params = context["request"].GET.copy()
    for name in ("before", "after", "cursor"):
        params.pop(name, None)
    for name, value in changes.items():
        if value is None or value == "":
            params.pop(name, None)
        else:
            params[name] = str(value)
    return f"?{params.urlencode()}"
