"""Finds calls, newest first: by id, caller or number, and by their decision."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.db.models import Q
from django.urls import reverse

from recordings_site.accounts.models import User
from recordings_site.base.text import PHONE_DIGITS, digits_of, visible_text
from recordings_site.calls.models import Call, CallQuerySet, ConferenceSession
from recordings_site.policies.models import Application, PhoneNumber
from recordings_site.recordings.criteria import limited_scope
from recordings_site.recordings.criteria.call_outcome import outcome_condition
from recordings_site.recordings.models import RecordingJob, State
from recordings_site.web import keyset

NEWEST = ("started_at", "id")
_ALWAYS = Q()
SHOWN = 5  # calls of what was identified
FEWEST_DIGITS, MOST_DIGITS = 3, 15  # of a phone number or a part of it
WHOLE_NUMBER = 9  # digits, with the country's: so many make a number whole, if calls of it are there
_LONGEST_ID = 200
_PHONE = re.compile(r"\+?[\d\s().\-/]+")


@dataclass(frozen=True, slots=True)
class Identified:
    """What a typed text names: the `kind` ("recording", "call", "conference" or "digits"), and the newest of them."""

    kind: str
    text: str
    calls: Sequence[Call] = ()
    recordings: Sequence[RecordingJob] = ()
    more: bool = False
    # The recording that one hears for a call, of those found by a phone number that have one.
    played: Mapping[int, UUID] = field(default_factory=dict)

    def entries(self) -> Iterator[tuple[Call, str]]:
        """Return each call with the URL that it opens at: what was recorded of it, else the call's own page."""
        for call in self.calls:
            recording = self.played.get(call.pk)
            yield call, reverse("recording", args=[recording]) if recording else reverse("call", args=[call.pk])


def identify(user: User, text: str) -> Identified | None:
    """Return what a text names among the calls visible to the user: an id, or a phone number or a part of one."""
    text = _pasted(text)
    if not text or len(text) > _LONGEST_ID:
        return None
    if recordings := _recordings_by_id(user, text):
        return Identified("recording", text, recordings=recordings)
    mine = Call.objects.visible_to(user).listed().order_by("-started_at", "-id")
    for kind, exact in (("call", Q(call_id=text)), ("conference", _in_conference(text))):
        if calls := list(mine.filter(exact)[: SHOWN + 1]):
            return Identified(kind, text, calls[:SHOWN], more=len(calls) > SHOWN)
    if _PHONE.fullmatch(text) and FEWEST_DIGITS <= len(digits_of(text)) <= MOST_DIGITS:
        found = calls_page(user, text=text, outcome="", cursor="", size=SHOWN)
        if found.rows:
            return Identified("digits", text, found.rows, more=bool(found.older), played=_played(user, found.rows))
    return None


def _played(user: User, calls: Sequence[Call]) -> dict[int, UUID]:
    """Return the first playable recording of each call, by the call's id."""
    rows = RecordingJob.objects.visible_to(user).filter(call__in=calls, state=State.AVAILABLE)
    return dict(rows.order_by("-ordinal").values_list("call_id", "pk"))


def calls_page(
    user: User, *, text: str, outcome: str, cursor: str, began: Q = _ALWAYS, size: int = keyset.PAGE
) -> keyset.Page[Call]:
    """Return a page of the calls visible to the user: `text` is that of `matching`, `outcome` one of OUTCOMES or "",
    `began` a condition on `started_at`.

    Calls whose full id was typed, or that of their conference or recording, or their caller's whole number, are found
    at once, however old they are.
    Otherwise the scan is bounded.
    """
    wanted = began & outcome_condition(outcome)
    mine = Call.objects.visible_to(user).listed().filter(wanted)
    text = _pasted(text)
    if text:
        recorded = [recording.call_id for recording in _recordings_by_id(user, text)]
        for exact in (Q(call_id=text), _in_conference(text), Q(pk__in=recorded)):
            if mine.filter(exact).exists():
                return keyset.page(mine.filter(exact), order=NEWEST, cursor=cursor, size=size)
        if (digits := _whole_number_of_a_caller(text)) is not None:
            theirs = mine.filter(~Q(caller_digits=""), caller_digits=digits)
            return keyset.page(theirs, order=NEWEST, cursor=cursor, size=size)
    facts = Call.objects.matching(text).filter(wanted)
    among = Call.objects.filter(began) if text or outcome else None
    source = _page_source(mine.matching(text), facts, user, among)
    return keyset.page(mine.matching(text), order=NEWEST, cursor=cursor, size=size, source=source)


def _pasted(text: str) -> str:
    """Return a pasted text without invisible characters, and without blanks and quotation marks around it."""
    return visible_text(text).strip().strip("\"'“”").strip()


def _recordings_by_id(user: User, text: str) -> list[RecordingJob]:
    try:
        pk = UUID(text)
    except ValueError:
        return []
    return list(RecordingJob.objects.visible_to(user).with_facts().filter(pk=pk))


def _whole_number_of_a_caller(text: str) -> str | None:
    """Return the digits of a number that has called as it is typed, so that an index finds its calls; else None.

    None also for a part of one of our numbers: its calls would be left out.
    """
    digits = digits_of(text)
    if not _PHONE.fullmatch(text) or len(digits) < WHOLE_NUMBER:
        return None
    if PhoneNumber.objects.filter(digits__contains=digits[-PHONE_DIGITS:]).exists():
        return None
    return digits if Call.objects.filter(~Q(caller_digits=""), caller_digits=digits).exists() else None


def _in_conference(conference_id: str) -> Q:
    # With the applications, of which there are few, an index finds the sessions.
    applications = Application.objects.order_by().values("pk")
    sessions = ConferenceSession.objects.filter(application__in=applications, conference_id=conference_id)
    return Q(conference_session__in=sessions.order_by().values("pk"))


def _page_source(
    rows: CallQuerySet, facts: CallQuerySet, user: User, among: CallQuerySet | None
) -> keyset.PageSource[Call] | None:
    """Return a faster way to the first rows, if any; `facts` are the same rows without the check of visibility, and
    `among` those that are looked at, None where an index leads to the rows.
    """
    numbers = limited_scope.numbers_of(user)
    if numbers is not None:
        return limited_scope.PerNumberSource(rows, facts, numbers, "started_at", among)
    return keyset.BoundedScan(rows, among.visible_to(user), NEWEST) if among is not None else None
