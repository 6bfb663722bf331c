"""Decides what a query says of the recording itself: its number, policy, tags, time and length."""

from collections.abc import Iterable
from datetime import datetime

from django.db import connection

from recordings_site.accounts.models import Team, User
from recordings_site.destinations.models import Destination
from recordings_site.policies.models import PhoneNumber, Policy
from recordings_site.recordings import ids
from recordings_site.recordings.models import Tag
from recordings_site.recordings.search import tree
from recordings_site.recordings.search.meaning import All, Fact, Meaning
from recordings_site.recordings.search.sql import Condition
from recordings_site.recordings.search.tokens import LANGUAGES, PHONE_DIGITS, tokenize

_NEVER = "1 = 0"


def plain(text: str) -> str:
    """A name as names are compared: folded words with one blank between."""
    return " ".join(tokenize(text).words)


class Facts:
    """The facts of one search, as one person may know them: names that they must not see match nothing."""

    def __init__(self, user: User) -> None:
        self.user = user

    def __call__(self, fact: Fact, /) -> Condition:
        """The condition that decides a fact; `r` is the recording, `i` its row in the index."""
        match fact.field:
            case tree.Between(start, end):
                parts = [("r.happened_at >= %s", start), ("r.happened_at < %s", end)]
                known = [(sql, _moment(value)) for sql, value in parts if value is not None]
                return Condition(" AND ".join(sql for sql, _ in known), [value for _, value in known])
            case tree.Field(name, value):
                return self._field(name, value)

    def numbers(self, value: str) -> list[int]:
        """The ids of the visible numbers that a value names, by digits or label."""
        digits = "".join(each for each in value if each.isdigit())
        wanted = plain(value)
        by_digits = len(digits) >= 3 and not any(each.isalpha() for each in value)
        found = PhoneNumber.objects.visible_to(self.user).values_list("id", "digits", "label")
        return [
            pk for pk, own, label in found if (by_digits and own.endswith(digits.lstrip("0"))) or wanted in plain(label)
        ]

    def _field(self, name: str, value: str) -> Condition:
        match name:
            case "number":
                return _among("r.number_id", self.numbers(value))
            case "team":
                return _among("r.number_id", self._numbers_of_teams(value))
            case "policy":
                found = [each.pk for each in Policy.objects.all() if plain(value) in plain(each.name)]
                inner = _among("v.policy_id", found)
                return Condition(
                    "EXISTS (SELECT 1 FROM calls_decision d JOIN policies_policyversion v ON v.id = d.policy_version_id"
                    f" WHERE d.id = r.decision_id AND {inner.sql})",
                    inner.parameters,
                )
            case "destination":
                named = [each.pk for each in Destination.objects.all() if plain(value) in plain(each.name)]
                return _among("r.destination_id", named)
            case "tag":
                inner = _among("t.tag_id", [tag.pk for tag in Tag.objects.all() if plain(tag.name) == plain(value)])
                return Condition(
                    f"EXISTS (SELECT 1 FROM recordings_recordingtag t WHERE t.recording_id = r.id AND {inner.sql})",
                    inner.parameters,
                )
            case "caller":
                return _caller(value)
            case "locale":
                locale = LANGUAGES.get(plain(value), value.lower().replace("_", "-"))
                return Condition("LOWER(r.locale) LIKE %s ESCAPE '\\'", [f"{_like(locale)}%"])
            case "longer":
                return Condition("r.duration >= %s", [float(value)])
            case "shorter":
                return Condition("r.duration < %s", [float(value)])
            case "state":
                if value in ("late", "missing"):
                    return Condition("r.overdue_since IS NOT NULL AND r.overdue_kind = %s", [value])
                return Condition("r.state = %s", [value])
            case "direction":
                return Condition("r.direction = %s", [value])
            case _:
                return _has(value)

    def _numbers_of_teams(self, value: str) -> list[int]:
        teams = [team.pk for team in Team.objects.all() if plain(value) in plain(team.name)]
        return list(PhoneNumber.objects.visible_to(self.user).filter(team__in=teams).values_list("id", flat=True))


def id_range(meaning: Meaning) -> tuple[int | None, int | None]:
    """The ids between which every match lies, the upper one excluded, from the dates that all of it must hold to."""
    parts = meaning.parts if isinstance(meaning, All) else (meaning,)
    low: int | None = None
    high: int | None = None
    for part in parts:
        if isinstance(part, Fact) and isinstance(part.field, tree.Between):
            if part.field.start is not None:
                low = max(low or 0, ids.first_id(part.field.start))
            if part.field.end is not None:
                # An end within a second: the ids of that second are still candidates.
                bound = ids.first_id(part.field.end) + (ids.MOST if part.field.end.microsecond else 0)
                high = bound if high is None else min(high, bound)
    return low, high


def is_range(part: Meaning) -> bool:
    """Whether a part is a time that the ids decide, as they do for dates: those begin and end with a second."""
    if not isinstance(part, Fact) or not isinstance(part.field, tree.Between):
        return False
    return not any(end is not None and end.microsecond for end in (part.field.start, part.field.end))


def _among(column: str, values: Iterable[int]) -> Condition:
    known = list(values)
    if not known:
        return Condition(_NEVER)
    return Condition(f"{column} IN ({', '.join(['%s'] * len(known))})", list(known))


def _moment(value: datetime) -> object:
    return connection.ops.adapt_datetimefield_value(value)


def _like(value: str) -> str:
    """A value for LIKE, whose escape character is the backslash on both databases when it is named."""
    return value.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _caller(value: str) -> Condition:
    digits = "".join(each for each in value if each.isdigit())
    if digits and not any(each.isalpha() for each in value):
        tail = digits[-PHONE_DIGITS:] if len(digits) >= PHONE_DIGITS else digits
        return Condition("r.caller LIKE %s", [f"%{tail}%" if len(digits) < PHONE_DIGITS else f"%{tail}"])
    return Condition("LOWER(r.caller) LIKE %s ESCAPE '\\'", [f"%{_like(value.lower())}%"])


def _has(value: str) -> Condition:
    match value:
        case "transcript":
            return Condition("1 = 1")
        case "audio":
            return Condition("r.available_at IS NOT NULL AND r.deleted_at IS NULL")
        case "comment":
            return Condition("EXISTS (SELECT 1 FROM recordings_comment n WHERE n.recording_id = r.id)")
        case "correction":
            return Condition(
                "EXISTS (SELECT 1 FROM recordings_linecorrection n WHERE n.transcript_id = i.transcript_id)"
            )
        case _:
            return Condition("EXISTS (SELECT 1 FROM recordings_recordingtag n WHERE n.recording_id = r.id)")
