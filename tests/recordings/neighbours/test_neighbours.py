"""Walking through a list of recordings, one by one."""

from datetime import timedelta
from urllib.parse import parse_qs, quote, urlsplit
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from recordings_site.accounts.models import User
from recordings_site.policies.models import PhoneNumber
from recordings_site.recordings import search
from recordings_site.recordings.models import Listening, RecordingJob
from recordings_site.recordings.neighbours.queries import neighbours_of
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def number() -> PhoneNumber:
    return factories.number()


@pytest.fixture
def user(number: PhoneNumber) -> User:
    return factories.user(teams=[number.team])


@pytest.fixture
def four(number: PhoneNumber) -> list[RecordingJob]:
    """From the oldest to the newest; the second is outbound."""
    made = []
    for i in range(4):
        call = factories.call(number=number, started_at=factories.LONG_AGO + timedelta(hours=i))
        direction = "outbound" if i == 1 else "inbound"
        made.append(factories.recording(call=call, direction=direction, duration=10.0 * (4 - i)))
    return made


def beside(recording: RecordingJob, user: User, name: str) -> tuple[UUID | None, UUID | None]:
    """The recordings that the links before and after lead to."""
    review = neighbours_of(recording, user, name)
    assert review is not None
    before, after = (UUID(link.split("/")[2]) if link else None for link in (review.previous, review.following))
    return before, after


def test_the_list_is_walked_in_its_own_order(four: list[RecordingJob], user: User) -> None:
    ids = [recording.pk for recording in four]
    assert beside(four[2], user, "") == (ids[3], ids[1])
    assert beside(four[2], user, "sort=oldest") == (ids[1], ids[3])
    assert beside(four[1], user, "sort=shortest") == (ids[2], ids[0])


def test_filters_hold_and_the_ends_are_ends(four: list[RecordingJob], user: User) -> None:
    ids = [recording.pk for recording in four]
    assert beside(four[2], user, "direction=inbound") == (ids[3], ids[0])
    assert beside(four[3], user, "") == (None, ids[2])
    assert beside(four[0], user, "direction=inbound") == (ids[2], None)


def test_nobody_walks_into_what_is_not_theirs(four: list[RecordingJob], user: User) -> None:
    stranger = factories.recording(call=factories.call(started_at=factories.LONG_AGO + timedelta(minutes=90)))
    assert beside(four[2], user, "")[1] == four[1].pk
    assert beside(four[2], factories.admin(), "")[1] == stranger.pk


def test_who_came_from_no_list_is_offered_none(four: list[RecordingJob], user: User) -> None:
    assert neighbours_of(four[0], user, None) is None
    assert neighbours_of(four[0], user, "x" * 3000) is None
    assert neighbours_of(four[0], user, "number=nonsense&since=never&cursor=%00") is not None


def test_the_list_leads_to_its_recordings_and_they_lead_on(
    client: Client, four: list[RecordingJob], user: User
) -> None:
    client.force_login(user)
    html = client.get(reverse("recordings"), {"direction": "inbound"}).content.decode()
    link = f"{reverse('recording', args=[four[3].pk])}?list={quote('direction=inbound', safe='')}"
    assert f'href="{link}"' in html
    page = client.get(link).content.decode()
    assert f'href="{reverse("recordings")}?direction=inbound"' in page
    assert f'href="{reverse("recording", args=[four[2].pk])}?list=direction%3Dinbound"' in page


def test_the_hits_of_a_search_are_walked_from_moment_to_moment(user: User, client: Client, number: PhoneNumber) -> None:
    said = [spoken(number, hour, "My refund is late" if hour != 2 else "Good morning") for hour in range(4)]
    assert beside(said[1], user, "search:q=refund") == (said[3].pk, said[0].pk)
    assert beside(said[3], user, "search:q=refund") == (None, said[1].pk)
    assert beside(said[2], user, "search:q=refund") == (None, None)
    client.force_login(user)
    hits = client.get(reverse("search"), {"q": "refund"}).content.decode()
    link = f"{reverse('recording', args=[said[1].pk])}?q=refund&amp;t=1&amp;list=search%3Aq%3Drefund"
    assert f'href="{link}"' in hits
    page = client.get(link.replace("&amp;", "&")).content.decode()
    assert f'<a href="{reverse("search")}?q=refund">Search</a>' in page
    assert f'href="{reverse("recording", args=[said[0].pk])}?q=refund&amp;t=1&amp;list=search%3Aq%3Drefund"' in page


@pytest.mark.parametrize("sort", ["", "&sort=best"])
def test_the_walk_through_hits_goes_on_beyond_a_page_and_back(user: User, number: PhoneNumber, sort: str) -> None:
    said = [spoken(number, hour, "My refund is late") for hour in range(25)]
    name, at, walked = f"search:q=refund{sort}", said[-1].pk, []
    for _ in said:
        walked.append(at)
        review = neighbours_of(RecordingJob.objects.get(pk=at), user, name)
        if review is None or not review.following:
            break
        link = urlsplit(review.following)
        at, name = UUID(link.path.split("/")[2]), parse_qs(link.query)["list"][0]
    assert walked == [recording.pk for recording in reversed(said)]
    assert beside(RecordingJob.objects.get(pk=walked[21]), user, name)[0] == walked[20]


def test_hits_of_others_are_no_part_of_the_walk(user: User, number: PhoneNumber) -> None:
    own = [spoken(number, hour, "My refund is late") for hour in (0, 2)]
    spoken(factories.number(), 1, "My refund is late")
    assert beside(own[1], user, "search:q=refund") == (None, own[0].pk)


@pytest.mark.parametrize("name", ["search:", "search:q=", "search:q=((", "search:cursor=x&q=%00"])
def test_a_search_that_asks_nothing_is_no_list(four: list[RecordingJob], user: User, name: str) -> None:
    review = neighbours_of(four[0], user, name)
    assert review is None or (review.previous, review.following) == ("", "")


def spoken(number: PhoneNumber, hour: int, text: str) -> RecordingJob:
    """A recording of that hour in which this is said after a second."""
    call = factories.call(number=number, started_at=factories.LONG_AGO + timedelta(hours=hour))
    recording = factories.recording(call=call, duration=10.0)
    search.index(factories.transcript(recording, [(1.0, "Speaker 1", text)]))
    return recording


def test_what_one_has_heard_is_marked_in_the_list_for_oneself_alone(
    client: Client, four: list[RecordingJob], user: User
) -> None:
    Listening.objects.create(user=user, recording=four[0], position=12, seconds=12, played_at=timezone.now())
    client.force_login(user)
    assert client.get(reverse("recordings")).content.decode().count("You played this up to 0:12") == 1
    client.force_login(factories.admin())
    assert "You played this" not in client.get(reverse("recordings")).content.decode()
