"""Finds calls, newest first: by id, caller or number, and by their decision."""

from recordings_site.accounts.models import User
from recordings_site.calls.models import Call, CallQuerySet
from recordings_site.recordings.criteria import limited_scope
from recordings_site.web import keyset

NEWEST = ("started_at", "id")


def calls(user: User, *, text: str, outcome: str, cursor: str) -> keyset.Page[Call]:
    """Return a page of the calls visible to the user; `text` and `outcome` are those of `matching` and `decided`.

    A call whose full id was typed is found at once, however old it is. Otherwise the scan is bounded.
    """
    mine = Call.objects.visible_to(user).listed().decided(outcome)
    named = mine.filter(call_id=text.strip())
    if text and named.exists():
        return keyset.page(named, order=NEWEST, cursor=cursor)
    facts = Call.objects.matching(text).decided(outcome)
    rows = mine.matching(text)
    return keyset.page(
        rows, order=NEWEST, cursor=cursor, source=_page_source(rows, facts, user, narrowed=bool(text or outcome))
    )


def _page_source(
    rows: CallQuerySet, facts: CallQuerySet, user: User, *, narrowed: bool
) -> keyset.PageSource[Call] | None:
    """Return a faster way to the first rows, if any; `facts` are the same rows without the check of visibility."""
    everything = Call.objects.all()
    numbers = limited_scope.numbers_of(user)
    if numbers is not None:
        return limited_scope.PerNumberSource(rows, facts, numbers, "started_at", everything if narrowed else None)
    return keyset.BoundedScan(rows, everything.visible_to(user), NEWEST) if narrowed else None
