"""Walking through a list of recordings, one by one."""

from datetime import timedelta
from urllib.parse import quote

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from recordings_site.accounts.models import User
from recordings_site.policies.models import PhoneNumber
from recordings_site.recordings.models import Listening, RecordingJob
from recordings_site.recordings.reviewing import review_of
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


def beside(recording: RecordingJob, user: User, query: str) -> tuple[object, object]:
    review = review_of(recording, user, query)
    assert review is not None
    return review.previous, review.following


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
    assert review_of(four[0], user, None) is None
    assert review_of(four[0], user, "x" * 3000) is None
    assert review_of(four[0], user, "number=nonsense&since=never&cursor=%00") is not None


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


def test_what_one_has_heard_is_marked_in_the_list_for_oneself_alone(
    client: Client, four: list[RecordingJob], user: User
) -> None:
    Listening.objects.create(user=user, recording=four[0], position=12, seconds=12, heard_at=timezone.now())
    client.force_login(user)
    assert client.get(reverse("recordings")).content.decode().count(">Heard<") == 1
    client.force_login(factories.admin())
    assert ">Heard<" not in client.get(reverse("recordings")).content.decode()
