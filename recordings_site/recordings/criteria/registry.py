"""The registry of criteria by which recordings can be filtered and searched."""

import re
from collections.abc import Mapping, Sequence

from recordings_site.accounts.choices import TEAMS
from recordings_site.accounts.models import User
from recordings_site.accounts.picking.choices import Choices
from recordings_site.base.formatting import parse_duration
from recordings_site.base.text import digits_of
from recordings_site.calls.models import Direction
from recordings_site.policies.choices import DESTINATIONS, NUMBERS, POLICIES
from recordings_site.recordings.criteria import conditions
from recordings_site.recordings.criteria.conditions import OVERDUE, SHORT, UNATTRIBUTED
from recordings_site.recordings.criteria.criterion import (
    Criterion,
    ParseContext,
    Span,
    parse_choice,
    parse_length,
    parse_span,
    parse_text,
    parse_version,
)
from recordings_site.recordings.criteria.dates import span_of
from recordings_site.recordings.models import FileState, OverdueKind, State, Tag

LONGEST_AREA = 6  # digits with which a phone number begins that is written in groups
LONGEST_PHONE = 15  # digits
_PHONE = re.compile(r"\+?[\d\s().\-/]+")

TAGS = Choices(name="tags", noun="tag", key="name", rows=Tag.objects.visible_to)
STATES = (*State.values, *OverdueKind.values, *FileState.values, OVERDUE, SHORT, UNATTRIBUTED)
YES_NO = (("yes", "Yes"), ("no", "No"))
HAS = ("transcript", "comment", "correction", "audio", "tag")
# Synonyms.
_MEANT_BY_HAS = {"note": "comment", "recording": "audio", "sound": "audio", "corrected": "correction"}
_MEANT_BY_STATE = {"unattributed": UNATTRIBUTED, "nobody": UNATTRIBUTED, "lost": OverdueKind.MISSING}


def _states(user: User) -> list[tuple[str, str]]:
    without_number = [(UNATTRIBUTED, "Without a number")] if user.oversees else []
    return [
        *State.choices,
        *OverdueKind.choices,
        *FileState.choices,
        (OVERDUE, "Late or missing"),
        (SHORT, "Short"),
        *without_number,
    ]


def _is_phone(first: str, value: str, last: str, context: ParseContext) -> bool:
    """Whether groups of digits are one phone number."""
    in_groups = len(digits_of(first)) <= LONGEST_AREA and len(digits_of(value)) <= LONGEST_PHONE
    return in_groups and bool(_PHONE.fullmatch(value))


def _is_date(first: str, value: str, last: str, context: ParseContext) -> bool:
    return span_of(value, now=context.now, zone=context.zone) is not None


def _is_length(first: str, value: str, last: str, context: ParseContext) -> bool:
    return last.isalpha() and parse_duration(value) is not None


def _having(name: str, label: str, **more: str) -> Criterion:
    """Make a criterion with the answers yes and no."""
    return Criterion(
        name=name,
        label=label,
        parse=parse_choice("answer", ("yes", "no")),
        condition=conditions.having(name),
        choices=lambda user: YES_NO,
        **more,  # type: ignore[arg-type]
    )


CRITERIA = (
    Criterion(
        name="number",
        label="Number",
        example="number:+46…",
        help="Calls to or from one of your numbers. Use digits or part of the label.",
        parse=parse_text,
        condition=conditions.of_rows(NUMBERS, conditions.among("number"), conditions.numbers_named),
        named=conditions.numbers_named,
        names=conditions.labels,
        rows=NUMBERS,
        indexed=True,
        continues=_is_phone,
    ),
    Criterion(
        name="direction",
        label="Direction",
        example="direction:inbound",
        help="Inbound, outbound or callout.",
        parse=parse_choice("direction", Direction.values),
        condition=conditions.in_direction,
        choices=lambda user: Direction.choices,
    ),
    Criterion(
        name="state",
        label="State",
        example="state:late",
        help="State of the recording: expected, recording, finished, available, elsewhere, late, missing, short …",
        meant=("status",),
        parse=parse_choice("state", STATES, _MEANT_BY_STATE),
        condition=conditions.in_state,
        choices=_states,
        indexed=True,
    ),
    Criterion(
        name="since",
        label="From",
        example="after:march",
        help="Calls on this day or later: 2024-03-05, 2024-03, yesterday, monday, 3 days ago, 5 march.",
        also=("after",),
        parse=parse_span(lambda start, end: Span(start, None)),
        condition=conditions.in_span,
        indexed=True,
        input="date",
        continues=_is_date,
    ),
    Criterion(
        name="until",
        label="To",
        example="until:friday",
        help="Calls on this day or earlier.",
        parse=parse_span(lambda start, end: Span(None, end)),
        condition=conditions.in_span,
        indexed=True,
        input="date",
        continues=_is_date,
    ),
    Criterion(
        name="before",
        label="Before",
        example="before:march",
        help="Calls before this day.",
        parse=parse_span(lambda start, end: Span(None, start)),
        condition=conditions.in_span,
        listed=False,
        indexed=True,
        continues=_is_date,
    ),
    Criterion(
        name="on",
        label="On",
        example="on:last week",
        help="Calls on this day, or between two days: march..may.",
        meant=("date", "day"),
        parse=parse_span(Span),
        condition=conditions.in_span,
        listed=False,
        indexed=True,
        continues=_is_date,
    ),
    Criterion(
        name="longer",
        label="Minimum length",
        example="longer:5m",
        help="Recordings at least this long: 90, 5m, 1h30m, 2:05.",
        meant=("duration", "length"),
        parse=parse_length,
        condition=conditions.at_least,
        attributes={"placeholder": "2:05"},
        continues=_is_length,
    ),
    Criterion(
        name="shorter",
        label="Maximum length",
        example="shorter:2:05",
        help="Recordings at most this long.",
        parse=parse_length,
        condition=conditions.at_most,
        attributes={"placeholder": "1h30m"},
        continues=_is_length,
    ),
    Criterion(
        name="caller",
        label="Caller",
        example="caller:070…",
        help="Calls from a phone number, or from any number with these digits.",
        meant=("phone",),
        parse=parse_text,
        condition=conditions.by_caller,
        attributes={"maxlength": "60", "placeholder": "Caller’s number", "inputmode": "tel"},
        continues=_is_phone,
    ),
    Criterion(
        name="team",
        label="Team",
        example="team:sales",
        help="Calls to or from a team’s numbers.",
        parse=parse_text,
        condition=conditions.of_rows(TEAMS, conditions.of_teams, TEAMS.named),
        named=TEAMS.named,
        names=TEAMS.words,
        rows=TEAMS,
    ),
    Criterion(
        name="policy",
        label="Policy",
        example="policy:",
        help="Calls handled by a policy.",
        parse=parse_text,
        condition=conditions.of_rows(POLICIES, conditions.by_policies, POLICIES.named),
        named=POLICIES.named,
        names=POLICIES.words,
        rows=POLICIES,
    ),
    Criterion(
        name="version",
        label="Policy version",
        example="version:3",
        help="Calls handled by this version of a policy.",
        parse=parse_version,
        condition=conditions.by_version,
        input="number",
        attributes={"min": "1"},
    ),
    Criterion(
        name="destination",
        label="Destination",
        example="destination:",
        help="Recordings stored in a destination.",
        parse=parse_text,
        condition=conditions.of_rows(DESTINATIONS, conditions.among("destination"), DESTINATIONS.named),
        named=DESTINATIONS.named,
        names=DESTINATIONS.words,
        rows=DESTINATIONS,
        indexed=True,
    ),
    Criterion(
        name="tag",
        label="Tag",
        example="tag:vip",
        help="Recordings with this tag. Use its full name.",
        parse=parse_text,
        condition=conditions.of_rows(TAGS, conditions.tagged, TAGS.called),
        named=TAGS.called,
        names=TAGS.words,
        rows=TAGS,
    ),
    Criterion(
        name="locale",
        label="Language",
        example="locale:sv",
        help="The language of the call: sv-SE, sv or swedish.",
        meant=("language",),
        parse=parse_text,
        condition=conditions.in_language,
        attributes={"maxlength": "20"},
    ),
    Criterion(
        name="has",
        label="Has",
        example="has:comment",
        help="Recordings with a transcript, comment, correction, tag or audio.",
        parse=parse_choice("property", HAS, _MEANT_BY_HAS),
        condition=conditions.has,
        listed=False,
    ),
    _having("transcript", "Has transcript"),
    _having("comment", "Has comment"),
    _having("correction", "Has correction"),
    _having("heard", "Played by me", example="heard:no", help="Recordings you have or haven’t played."),
)  # fmt: skip

# Those of the list, by their parameter in its URL; those of the search language, by each of their fields.
LISTED: Mapping[str, Criterion] = {each.name: each for each in CRITERIA if each.listed}
SEARCHED: Mapping[str, Criterion] = {name: each for each in CRITERIA for name in each.fields}
# Synonyms of fields.
MEANT: Mapping[str, str] = {word: each.name for each in CRITERIA for word in each.meant}
# Fields of phone numbers, suggested for a query that is one.
PHONES: Sequence[str] = [each.name for each in CRITERIA if each.continues is _is_phone]
