"""The words and signs that every page uses: icons, states, times, durations, numbers, ids and highlighted JSON.

These are template builtins: no `{% load %}` is needed. Nothing here marks data as safe; `format_html` escapes it.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

import phonenumbers
from django import template
from django.forms import BoundField, CheckboxInput
from django.template.defaultfilters import date as format_date
from django.template.defaultfilters import stringfilter
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from recordings_site.web import jsonlines

register = template.Library()

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
    "missing": ("bad", "bad"),
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
    key = str(value).lower()
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
    """A name of the audit trail's for reading: "policy.draft_discarded" is "Policy draft discarded"."""
    return name.replace(".", " ").replace("_", " ").capitalize()


@register.filter
def duration(seconds: float | timedelta | None) -> str:
    """Seconds as `m:ss`, from an hour on `h:mm:ss`, cut off as the player's clock is; an en dash when unknown."""
    if seconds is None or seconds == "":
        return "–"
    total = int(seconds.total_seconds() if isinstance(seconds, timedelta) else float(seconds))
    hours, rest = divmod(max(total, 0), 3600)
    minutes, secs = divmod(rest, 60)
    return f"{hours}:{minutes:02d}:{secs:02d}" if hours else f"{minutes}:{secs:02d}"


@register.filter
def spoken_duration(seconds: float | None) -> str:
    """Seconds in words for those who listen to the page: "1 hour 2 minutes 4 seconds"."""
    if seconds is None:
        return "unknown"
    hours, rest = divmod(max(int(seconds), 0), 3600)
    minutes, secs = divmod(rest, 60)
    parts = [(hours, "hour"), (minutes, "minute"), (secs, "second")]
    words = [f"{count} {unit}{'' if count == 1 else 's'}" for count, unit in parts if count]
    return " ".join(words) or "0 seconds"


@register.filter
def phone(number: object) -> str:
    """A number for reading: "+46 70 123 45 67"; what is no number is given back as it is."""
    return _formatted(str(number or "").strip())


@lru_cache(maxsize=4096)
def _formatted(text: str) -> str:
    """A number for reading. Kept: one's own numbers and regular callers stand on every page."""
    digits = text.lstrip("+")
    if not (digits.isascii() and digits.isdigit() and 6 <= len(digits) <= 15):
        return text
    try:
        parsed = phonenumbers.parse("+" + digits, None)
    except phonenumbers.NumberParseException:
        return text
    if not phonenumbers.is_possible_number(parsed):
        return "+" + digits
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


@register.filter
def when(moment: datetime | None) -> SafeString | str:
    """A moment as `<time>`: relative while it is near, the exact one in the viewer's zone on hover."""
    if moment is None:
        return "–"
    local = moment.astimezone(timezone.get_current_timezone())
    # strftime: this stands in each row of the long lists, and Django's own way takes ten times as long. Nothing in a
    # date needs to be escaped.
    title = f"{local:%a} {local.day} {local:%b %Y, %H:%M:%S %Z}"
    return SafeString(f'<time datetime="{moment.isoformat()}" title="{title}">{_near(local)}</time>')


@register.filter
def exact(moment: datetime | None) -> SafeString | str:
    """A moment as `<time>` with date and clock in the viewer's zone, for the evidence."""
    if moment is None:
        return "–"
    local = timezone.localtime(moment)
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        moment.isoformat(),
        format_date(local, "D j M Y, H:i:s T"),
        format_date(local, "j M Y, H:i:s"),
    )


def _near(local: datetime) -> str:
    """How far `local` is from now, in the words that a person would use."""
    now = datetime.now(local.tzinfo)
    seconds = (now - local).total_seconds()
    if abs(seconds) < 45:
        return "just now"
    if abs(seconds) < 12 * 3600:
        minutes = max(round(abs(seconds) / 60), 1)
        span = f"{minutes} min" if minutes < 60 else f"{round(minutes / 60)} h"
        return f"{span} ago" if seconds > 0 else f"in {span}"
    days = (now.date() - local.date()).days
    if days == 0:
        return f"{local:%H:%M}"
    if days == 1:
        return f"yesterday {local:%H:%M}"
    if 1 < days < 7:
        return f"{local:%a %H:%M}"
    return f"{local.day} {local:%b %H:%M}" if local.year == now.year else f"{local.day} {local:%b %Y}"


@register.filter
def filesize(count: int | None) -> str:
    """Bytes in the unit that keeps it short: "1.2 MB"; an en dash when unknown."""
    if count is None:
        return "–"
    size = float(count)
    for unit in ("B", "kB", "MB", "GB"):
        if size < 1000 or unit == "GB":
            return f"{size:.0f} {unit}" if unit == "B" or size >= 100 else f"{size:.1f} {unit}"
        size /= 1000
    return ""  # pragma: no cover - the loop ends at GB


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
def initials(name: object) -> str:
    """One or two letters that stand for a speaker or a person."""
    words = [word for word in str(name or "").replace("@", " ").replace(".", " ").split() if word]
    if not words:
        return "?"
    last = words[-1] if words[-1].isdigit() else ""
    return (words[0][0] + (last or (words[1][0] if len(words) > 1 else ""))).upper()


@register.filter(is_safe=True)
@stringfilter
def sentence_case(text: str) -> str:
    """A heading As Other Libraries Write It in sentence case; abbreviations stay as they are."""
    words = text.split(" ")
    first = next((place for place, word in enumerate(words) if word.strip()), 0)
    return " ".join(
        word if word.strip().isupper() else word[:1] + word[1:].lower() if place <= first else word.lower()
        for place, word in enumerate(words)
    )


@register.filter
def json_lines(document: Mapping[str, Any] | list[Any] | None) -> SafeString:
    """A JSON document as highlighted lines for `<pre class="json">`: recording parts marked, secrets masked."""
    return jsonlines.highlighted(document)


@register.filter
def is_check(field: BoundField) -> bool:
    """True for a single checkbox, whose label stands behind it."""
    return isinstance(field.field.widget, CheckboxInput)


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
