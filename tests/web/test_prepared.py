"""A query that is built once finds what the queryset finds that it was built from, whatever it is asked."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any
from uuid import UUID, uuid4

import pytest

from recordings_site.accounts.models import User
from recordings_site.recordings.models import RecordingJob
from recordings_site.web.prepared import Prepared, columns
from tests import factories

pytestmark = pytest.mark.django_db


def test_it_finds_what_its_queryset_finds_in_one_query_each(
    django_assert_num_queries: Callable[[int], AbstractContextManager[Any]],
) -> None:
    names = columns(RecordingJob)

    def build(caller: str, pk: UUID, ordinal: int) -> Any:
        mine = RecordingJob.objects.filter(caller=caller, pk=pk, ordinal=ordinal, format="mp3")
        return mine.order_by("happened_at").values_list(*names)

    query = Prepared(build, str, UUID, int)
    facts = {"audio": {"codec": "mp3"}, "duration": 1.5, "listed_at": factories.LONG_AGO}
    recordings = [factories.recording(caller=f"+4670{n}%s", ordinal=n, **facts) for n in (1, 2, 3)]
    for each in recordings:
        with django_assert_num_queries(1):
            found = query.first(each.caller, each.pk, each.ordinal)
        assert found == build(each.caller, each.pk, each.ordinal).get()
    assert query.first(recordings[0].caller, recordings[1].pk, 1) is None
    assert query.first(recordings[0].caller, recordings[0].pk, 2) is None
    assert query.first("+4670", uuid4(), 1) is None


def test_a_value_may_stand_in_it_twice() -> None:
    query = Prepared(lambda a: User.objects.filter(name=a, email=a).values_list("pk"), str)
    person = factories.user(email="a@example.com", name="a@example.com")
    assert query.first("a@example.com") == (person.pk,)
    assert query.first("b@example.com") is None


def test_all_rows_come_in_the_order_of_their_queryset(
    django_assert_num_queries: Callable[[int], AbstractContextManager[Any]],
) -> None:
    def build(fmt: str) -> Any:
        return RecordingJob.objects.filter(format=fmt).order_by("-ordinal").values_list("id", "ordinal", "listed_at")

    query = Prepared(build, str)
    for n in (1, 3, 2):
        factories.recording(ordinal=n, format="wav", listed_at=factories.LONG_AGO)
    factories.recording(ordinal=4)
    for fmt in ("wav", "mp3", "none"):
        with django_assert_num_queries(1):
            found = query.all(fmt)
        assert found == list(build(fmt))
    assert [ordinal for _, ordinal, _ in query.all("wav")] == [3, 2, 1]


def test_columns_come_in_the_order_that_a_model_is_made_from() -> None:
    assert columns(User, "email", "id") == ("id", "email")
    names = columns(User, "role", "email")
    person = User.from_db("default", names, ("ann@example.com", "auditor"))
    assert (person.email, person.role) == ("ann@example.com", "auditor")
