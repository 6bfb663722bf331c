"""The rows that tests stand on are rows that the site could have made."""

import pytest

from recordings_site.recordings.models import State
from tests import factories

pytestmark = pytest.mark.django_db


def test_a_recording_comes_with_all_that_it_hangs_on() -> None:
    made = factories.recording()
    assert made.state == State.AVAILABLE
    assert made.call is not None
    assert made.number == made.call.number
    assert made.destination is not None
    assert made.destination.decrypted("write_credentials") == factories.WRITE_CREDENTIALS


def test_a_recording_belongs_to_a_conference_or_to_none() -> None:
    session = factories.conference_session()
    assert factories.recording(conference_session=session).number == session.number
    assert factories.recording(call=None).number is None


def test_a_person_sees_their_teams_recordings_alone() -> None:
    mine, others = factories.recording(), factories.recording()
    assert mine.number is not None
    person = factories.user(teams=[mine.number.team])
    assert [*type(mine).objects.visible_to(person)] == [mine]
    assert {*type(mine).objects.visible_to(factories.admin())} == {mine, others}


def test_a_transcript_has_its_lines_in_order() -> None:
    made = factories.transcript(factories.recording(), [(0.0, "agent", "Hello"), (2.5, "caller", "Good morning")])
    assert [line.text for line in made.lines.all()] == ["Hello", "Good morning"]
