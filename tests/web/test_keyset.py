"""Pages by keyset: every row once, in both directions, whatever the cursor."""

from datetime import timedelta

import pytest

from recordings_site.calls.models import Call
from recordings_site.web import keyset
from tests import factories

pytestmark = pytest.mark.django_db


def walk(*, descending: bool) -> tuple[list[list[int]], list[list[int]]]:
    """The pages forwards, and then those back from the last."""
    forwards, cursor = [], ""
    while True:
        page = keyset.page(Call.objects.all(), order=("started_at", "id"), descending=descending, cursor=cursor, size=3)
        forwards.append([row.pk for row in page.rows])
        if not page.older:
            break
        cursor = page.older
    back = [forwards[-1]]
    while page.newer:
        page = keyset.page(
            Call.objects.all(), order=("started_at", "id"), descending=descending, cursor=page.newer, size=3
        )
        back.append([row.pk for row in page.rows])
    return forwards, back


@pytest.mark.parametrize("descending", [True, False])
def test_pages_hold_every_row_once_in_both_directions(descending: bool) -> None:
    number = factories.number()
    # Several calls of one moment: the second column decides among them.
    for index in range(10):
        factories.call(number=number, started_at=factories.LONG_AGO + timedelta(minutes=index // 4))
    forwards, back = walk(descending=descending)
    wanted = list(Call.objects.order_by("-started_at", "-id").values_list("pk", flat=True))
    wanted = wanted if descending else wanted[::-1]
    assert [pk for page in forwards for pk in page] == wanted
    assert back[::-1] == forwards


@pytest.mark.parametrize("cursor", ["x", "====", "bm9uc2Vuc2U", "W10", "é", "WyJvbGRlciIsICJ4IiwgInkiXQ", "a" * 600])
def test_a_cursor_that_makes_no_sense_gives_the_first_page(cursor: str) -> None:
    one = factories.call()
    page = keyset.page(Call.objects.all(), order=("started_at", "id"), cursor=cursor)
    assert [row.pk for row in page.rows] == [one.pk]
    assert (page.newer, page.older) == ("", "")


@pytest.mark.parametrize("descending", [True, False])
def test_a_bounded_search_finds_every_row_in_portions_in_both_directions(
    descending: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keyset, "SCAN_LIMIT", 5)
    number = factories.number()
    wanted = []
    for index in range(23):
        call = factories.call(number=number, started_at=factories.LONG_AGO + timedelta(minutes=index // 2))
        if index % 7 == 0:
            wanted.append(call.pk)
    rows = Call.objects.filter(pk__in=wanted)
    seen: list[int] = []
    cursor, portions = "", 0
    while True:
        page = keyset.page(
            rows,
            order=("started_at", "id"),
            descending=descending,
            cursor=cursor,
            size=3,
            source=keyset.BoundedScan(rows, Call.objects.all(), ("started_at", "id")),
        )
        seen += [row.pk for row in page.rows]
        portions += page.scanned_to is not None
        if not page.older:
            break
        cursor = page.older
    assert seen == (wanted[::-1] if descending else wanted)
    assert portions == 4
