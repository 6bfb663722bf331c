"""The condition of each criterion, as a Q on RecordingJob.

None of them joins: search adds them, as SQL, to its own conditions.
"""

from collections.abc import Callable, Sequence
from typing import Any

from django.db.models import Exists, Model, OuterRef, Q, QuerySet

from recordings_site.accounts.models import User
from recordings_site.accounts.picking.choices import Choices
from recordings_site.base.text import LANGUAGES, PHONE_DIGITS, digits_of, plain
from recordings_site.calls.models import Decision
from recordings_site.policies.models import PhoneNumber
from recordings_site.recordings.criteria.criterion import Span
from recordings_site.recordings.models import (
    AWAITED,
    UNPLAYABLE,
    Comment,
    FileState,
    LineCorrection,
    Listening,
    OverdueKind,
    RecordingTag,
    State,
    Transcript,
)

# Values of the state criterion besides the states and the kinds of overdue.
OVERDUE, UNATTRIBUTED, SHORT = "overdue", "nobodys", "short"
FEWEST_DIGITS = 3  # of a number by which it is looked up
# A partial index has this condition.
_OVERDUE = Q(overdue_since__isnull=False)
_OWN = OuterRef("pk")

Condition = Callable[[Any, User], Q]
OfRows = Callable[[Sequence[Any]], Q]


def of_rows(rows: Choices, condition: OfRows, named: Callable[[str, User], Sequence[Any]]) -> Condition:
    """Return the condition of a criterion whose value is a row, or a text that names rows."""
    return lambda value, user: condition([rows.choice(value).key] if isinstance(value, Model) else named(value, user))


def numbers_named(text: str, user: User) -> list[int]:
    """Return the ids of the visible numbers that match a text, by their last digits or a part of their label."""
    digits, wanted = digits_of(text), plain(text)
    has_letters = any(each.isalpha() for each in text)
    by_digits = len(digits) >= FEWEST_DIGITS and not has_letters
    found = PhoneNumber.objects.visible_to(user).order_by().values_list("pk", "digits", "label")
    return [
        pk
        for pk, own, label in found
        # With letters also as pickers suggest it: "Support +46812345678".
        if (by_digits and own.endswith(digits.lstrip("0")))
        or wanted in plain(f"{label} +{own}" if has_letters else label)
    ]


def labels(text: str, user: User) -> list[str] | None:
    """Return the labels of the visible numbers; None for a text without letters."""
    if not any(each.isalpha() for each in text):
        return None
    labelled = PhoneNumber.objects.visible_to(user).order_by().exclude(label="")
    return list(labelled.values_list("label", flat=True))


def among(column: str) -> OfRows:
    """The column holds the key of one of the rows."""
    return lambda keys: Q(**{column: keys[0]}) if len(keys) == 1 else Q(**{f"{column}__in": list(keys)})


def of_teams(teams: Sequence[int]) -> Q:
    """Recordings of these teams' numbers."""
    return Q(number__in=PhoneNumber.objects.filter(among("team")(teams)).order_by().values("pk"))


def by_policies(policies: Sequence[int]) -> Q:
    """Recordings decided by any version of these policies."""
    return _decided(policy_version__policy__in=list(policies))


def by_version(number: int, user: User) -> Q:
    """Recordings decided by this version number of any policy."""
    return _decided(policy_version__number=number)


def tagged(names: Sequence[str]) -> Q:
    """Recordings with one of these tags."""
    return _has(RecordingTag.objects.filter(recording=_OWN, tag__name__in=list(names)))


def in_state(value: str, user: User) -> Q:
    """Recordings that are shown in a state (models.states.shown_state), and the further values of the criterion."""
    if value == UNATTRIBUTED:
        return Q(number=None)
    if value == OVERDUE:
        return _OVERDUE
    if value == SHORT:
        return Q(is_short=True)
    if value in OverdueKind:
        return _OVERDUE & Q(overdue_kind=value)
    if value == FileState.UNPLAYABLE:
        return Q(state=State.AVAILABLE, problem_code__in=UNPLAYABLE)
    if value == State.AVAILABLE:
        return Q(state=value) & ~Q(problem_code__in=UNPLAYABLE)
    return Q(state=value, overdue_since=None) if value in AWAITED else Q(state=value)


def in_direction(value: str, user: User) -> Q:
    """Recordings of calls in this direction."""
    return Q(direction=value)


def in_span(span: Span, user: User) -> Q:
    """Recordings of calls that began in a time span."""
    from_start = Q() if span.start is None else Q(happened_at__gte=span.start)
    return from_start if span.end is None else from_start & Q(happened_at__lt=span.end)


def at_least(seconds: float, user: User) -> Q:
    """Recordings of this length or longer."""
    return Q(duration__gte=seconds)


def at_most(seconds: float, user: User) -> Q:
    """Recordings at most this long."""
    return Q(duration__lte=seconds)


def by_caller(text: str, user: User) -> Q:
    """Recordings whose caller has these digits, in any spelling of the number; or, with letters, this text."""
    digits = digits_of(text)
    if not digits or any(each.isalpha() for each in text):
        return Q(caller__icontains=text)
    if len(digits) < PHONE_DIGITS:
        return Q(caller__contains=digits)
    return Q(caller__endswith=digits[-PHONE_DIGITS:])


def in_language(text: str, user: User) -> Q:
    """Recordings of a locale ("sv-SE"), of its language ("sv"), or of a language by its English name."""
    return Q(locale__istartswith=LANGUAGES.get(plain(text), text.replace("_", "-")))


def having(name: str) -> Condition:
    """The condition that recordings have something, or with "no" that they do not."""
    return lambda value, user: _HAVING[name](user) if value == "yes" else ~_HAVING[name](user)


def has(name: str, user: User) -> Q:
    """Recordings that have something."""
    return _HAVING[name](user)


def _decided(**facts: object) -> Q:
    return _has(Decision.objects.filter(pk=OuterRef("decision"), **facts))


def _has(rows: QuerySet[Any]) -> Q:
    return Q(Exists(rows))


_HAVING: dict[str, Callable[[User], Q]] = {
    "transcript": lambda user: _has(Transcript.objects.filter(recording=_OWN)),
    "comment": lambda user: _has(Comment.objects.filter(recording=_OWN)),
    "correction": lambda user: _has(LineCorrection.objects.filter(transcript__recording=_OWN)),
    "audio": lambda user: Q(available_at__isnull=False, deleted_at=None),
    "tag": lambda user: _has(RecordingTag.objects.filter(recording=_OWN)),
    "heard": lambda user: _has(Listening.objects.filter(recording=_OWN, user=user, played_at__isnull=False)),
}
