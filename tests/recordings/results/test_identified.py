"""One box finds it all: ids and phone numbers typed into a search lead to their calls, words to lines."""

import pytest
from django.test import Client

from recordings_site.accounts.models import User
from recordings_site.calls.models import Call
from recordings_site.recordings.models import RecordingJob
from tests import factories

pytestmark = pytest.mark.django_db


def shown(person: User, typed: str, path: str = "/search/") -> str:
    browser = Client()
    browser.force_login(person)
    answer = browser.get(path, {"q": typed})
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.fixture
def recording() -> RecordingJob:
    """One with a call in a conference, by a caller of its own."""
    session = factories.conference_session(conference_id="board room 7")
    call = factories.call(
        call_id="sip-4711:a@b", number=factories.number(), caller="+46733120083", caller_type="number",
        caller_digits="46733120083", direction="inbound", conference_session=session,
    )  # fmt: skip
    return factories.recording(call=call, number=call.number)


@pytest.mark.parametrize(
    ("typed", "kind"),
    [
        ("sip-4711:a@b", "Call with this call ID"),
        (" “sip-4711:a@b” ", "Call with this call ID"),
        ("board room 7", "Calls of this conference"),
        ("0083", "in a phone number"),
        ("073-312 00 83", "in a phone number"),
        ("+46 (0)73 312 00 83", "in a phone number"),
        ("\u202a+46733120083\u202c", "in a phone number"),
        ("７３３１２００８３", "in a phone number"),
    ],
)
def test_ids_and_numbers_lead_to_their_calls(recording: RecordingJob, typed: str, kind: str) -> None:
    assert recording.number is not None
    for person in (factories.admin(), factories.user(teams=[recording.number.team])):
        page = shown(person, typed)
        assert kind in page
        # A number leads to what can be heard of its calls, an id to the call itself.
        by_number = kind == "in a phone number"
        assert (f"/recordings/{recording.pk}/" if by_number else f"/calls/{recording.call_id}/") in page
        assert "was said in no call" not in page
        assert f"/calls/{recording.call_id}/" in shown(person, typed, "/calls/")
    stranger = factories.user(teams=[factories.team()])
    for path in ("/search/", "/calls/"):
        page = shown(stranger, typed, path)
        assert f"/calls/{recording.call_id}/" not in page
        assert str(recording.pk) not in page


def test_a_recordings_id_leads_to_it(recording: RecordingJob) -> None:
    admin, stranger = factories.admin(), factories.user(teams=[factories.team()])
    for typed in (str(recording.pk), recording.pk.hex, str(recording.pk).upper()):
        assert "Recording with this ID" in shown(admin, typed)
        assert f"/recordings/{recording.pk}/" in shown(admin, typed)
        assert "Recording with this ID" not in shown(stranger, typed)
    assert f"/calls/{recording.call_id}/" in shown(admin, str(recording.pk), "/calls/")


def test_more_calls_of_a_number_are_a_list() -> None:
    number = factories.number()
    for index in range(7):
        factories.call(number=number, call_id=f"c{index}", caller="+46733120083", caller_digits="46733120083")
    page = shown(factories.admin(), "0083")
    assert page.count("/calls/") - page.count("/calls/?q=0083") >= 5
    assert "Show all these calls" in page
    assert Call.objects.count() == 7


def test_words_are_words(recording: RecordingJob) -> None:
    admin = factories.admin()
    for typed in ("refund", "12", "board room", "00830083", "1" * 300):
        assert "identified" not in shown(admin, typed), typed
    assert "/search/?q=refund%20now" in shown(admin, "refund now", "/calls/")
