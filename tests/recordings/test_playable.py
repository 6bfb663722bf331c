"""What is found to be played is what one may see, with all that playing needs in hand."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any
from uuid import uuid4

import pytest

from recordings_site.accounts.models import Role, User
from recordings_site.recordings import playback
from recordings_site.recordings.models import RecordingJob
from recordings_site.recordings.playable import playable
from recordings_site.storage.errors import AccessDenied, ObjectMissing
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("role", Role)
def test_one_may_play_what_one_may_see(role: Role) -> None:
    ours, others = factories.team(), factories.team()
    person = factories.user(role, teams=[ours])
    recordings = [
        factories.recording(number=factories.number(team=ours)),
        factories.recording(number=factories.number(team=others)),
        factories.recording(number=factories.number(team=None)),
        factories.recording(call=None, number=None),
    ]
    found = {each.pk for each in recordings if playable(person, each.pk)}
    assert found == set(RecordingJob.objects.visible_to(person).values_list("pk", flat=True))
    assert found, "nobody sees nothing here"
    assert playable(person, uuid4()) is None


@pytest.mark.parametrize("destination", [True, False])
def test_all_that_playing_needs_is_in_hand(
    destination: bool, django_assert_num_queries: Callable[[int], AbstractContextManager[Any]]
) -> None:
    admin = factories.admin()
    place = factories.destination() if destination else None
    facts = {"audio": {"head": "SUQz", "skip": 9}, "duration": 1.5, "deleted_code": "", "etag": '"1"', "size": 99}
    made = factories.recording(key="one.mp3", **facts)
    RecordingJob.objects.update(destination=place)
    made.refresh_from_db()
    with django_assert_num_queries(1):
        found = playable(admin, made.pk)
        assert found is not None
        assert [playback.trouble(found, error("no"), admin=True)[0] for error in (ObjectMissing, AccessDenied)]
        assert playback.known_version(found) == playback.known_version(made)
        assert str(found) == str(made)
        assert found.destination == place
        assert place is None or found.destination.location == place.location  # type: ignore[union-attr]
    expected = RecordingJob.objects.get(pk=made.pk)
    for name in {field.attname for field in RecordingJob._meta.concrete_fields} - found.get_deferred_fields():
        assert getattr(found, name) == getattr(expected, name), name


def test_rights_are_not_remembered() -> None:
    team = factories.team()
    person: User = factories.user(teams=[team])
    recording = factories.recording(number=factories.number(team=team))
    assert playable(person, recording.pk)
    person.teams.clear()
    assert playable(person, recording.pk) is None
    person.role = Role.AUDITOR
    assert playable(person, recording.pk)
