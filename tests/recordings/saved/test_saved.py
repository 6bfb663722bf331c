"""Saved searches: kept, shared, watched, and told of once."""

import json
from smtplib import SMTPRecipientsRefused

import pytest
from django.core import mail
from django.http import QueryDict
from django.test import Client

from recordings_site.accounts.models import AuditEvent, Team, User
from recordings_site.calls.models import Call
from recordings_site.ops.worker.loop import drain
from recordings_site.recordings import search
from recordings_site.recordings.annotations import corrections
from recordings_site.recordings.ingest import actions as ingest
from recordings_site.recordings.models import RecordingJob, SavedMatch, SavedPage, SavedSearch
from recordings_site.recordings.saved import actions as saved_actions
from recordings_site.recordings.saved import matching
from recordings_site.tasks import registry
from recordings_site.tasks.models import Task
from recordings_site.web.undo import Undo, undo_of
from tests import factories
from tests.refused_mail import refuse_mail_to

pytestmark = pytest.mark.django_db


@pytest.fixture
def team() -> Team:
    return factories.team()


@pytest.fixture
def person(team: Team) -> User:
    return factories.user(teams=[team])


def client(user: User) -> Client:
    made = Client()
    made.force_login(user)
    return made


def said(team: Team, text: str) -> RecordingJob:
    recording = factories.recording(number=factories.number(team=team))
    search.index(factories.transcript(recording, [(1.0, "Speaker 1", text)]))
    return recording


def kept(owner: User, query: str = "q=refund", page: SavedPage = SavedPage.SEARCH, **fields: object) -> SavedSearch:
    values = {"name": "Refunds", "team": None, "alert": True, "alert_by_email": True} | fields
    return saved_actions.save_search(by=owner, page=page, query=query, **values)  # type: ignore[arg-type]


def test_a_search_is_saved_from_its_page_and_opens_again(person: User) -> None:
    browser = client(person)
    form = browser.get("/saved/new/?page=search&query=q%3Drefund%2BOR%2Bcard").content.decode()
    assert 'value="q=refund+OR+card"' in form
    assert 'name="name" value="refund OR card"' in form
    fields = {"name": "Money", "page": "search", "query": "q=refund+OR+card&cursor=12", "alert": "on"}
    answer = browser.post("/saved/new/", fields)
    assert answer.headers["Location"] == "/search/?q=refund+OR+card"
    assert SavedSearch.objects.get().alert
    assert AuditEvent.objects.filter(action="saved_search.created", actor_id=person.pk).exists()
    again = browser.post("/saved/new/", fields)
    assert "Choose a different one" in again.content.decode()


def test_a_new_match_is_alerted_once_on_the_page_and_by_mail(team: Team, person: User) -> None:
    saved = kept(person)
    recording = said(team, "I want a refund")
    assert saved_actions.alert(recording.pk) == 1
    assert saved_actions.alert(recording.pk) == 0
    assert SavedMatch.objects.get().saved == saved
    [letter] = mail.outbox
    assert letter.to == [person.email]
    assert f"/saved/{saved.pk}/found/{recording.pk}/" in str(letter.body)
    assert "I want" not in str(letter.body)
    browser = client(person)
    assert "1 new" in browser.get("/saved/").content.decode()
    html = browser.post(
        f"/saved/{saved.pk}/seen/", headers={"HX-Request": "true", "HX-Target": "saved"}, follow=True
    ).content.decode()
    assert html.startswith("<section")
    assert "1 new" not in html
    # What was done is said where messages are, and undone there.
    assert '<div id="messages" role="status" aria-live="polite" hx-swap-oob="true">' in html
    assert "1 match of “Refunds” marked as seen." in html
    match = SavedMatch.objects.get()
    browser.post(f"/saved/{saved.pk}/seen/", {"seen": "no", "match": [str(match.pk), "x"]})
    assert "1 new" in browser.get("/saved/").content.decode()
    client(factories.user()).post(f"/saved/{saved.pk}/seen/")
    match.refresh_from_db()
    assert match.seen_at is None


@pytest.mark.parametrize(
    ("page", "query", "leads_to"),
    [
        (SavedPage.SEARCH, "q=refund&sort=best", {"q": "refunds", "t": "6", "list": "search:q=refund&sort=best"}),
        (SavedPage.SEARCH, "q=%22", {"list": "q=%22"}),
        (SavedPage.RECORDINGS, "state=available", {"list": "state=available"}),
    ],
)
def test_the_news_lead_to_where_it_is_said_and_on_to_the_other_hits(
    team: Team, person: User, page: SavedPage, query: str, leads_to: dict[str, str]
) -> None:
    saved, recording = kept(person, query, page), factories.recording(number=factories.number(team=team))
    search.index(factories.transcript(recording, [(1.0, "Speaker 1", "Hello"), (6.0, "Speaker 2", "two refunds")]))
    browser = client(person)
    where = f"/saved/{saved.pk}/found/{recording.pk}/"
    SavedMatch.objects.create(saved=saved, recording=recording)
    assert where in browser.get("/saved/").content.decode()
    address, _, asked = browser.get(where).headers["Location"].partition("?")
    assert (address, QueryDict(asked).dict()) == (f"/recordings/{recording.pk}/", leads_to)
    assert browser.get(f"{address}?{asked}").status_code == 200
    assert client(factories.admin()).get(where).status_code == 404
    hidden = said(factories.team(), "refund")
    assert browser.get(f"/saved/{saved.pk}/found/{hidden.pk}/").status_code == 404


def test_what_a_file_says_is_news_and_what_people_make_of_it_is_not(team: Team, person: User) -> None:
    saved, recording = kept(person), factories.recording(number=factories.number(team=team))
    alerts = Task.objects.filter(kind="saved.alerts", subject=str(recording.pk), done_at__isnull=False)
    for text in ("I want a refund", "I want two refunds"):
        lines = [{"timestamp": 0.5, "speakerLabel": "Speaker 1", "text": text}]
        transcript = ingest.save_transcript(recording.pk, raw=json.dumps({"lines": lines}).encode())
        drain(registry.load())
    assert alerts.count() == 2
    assert SavedMatch.objects.get().saved == saved
    assert len(mail.outbox) == 1
    corrections.correct_line(by=person, transcript=transcript, position=0, text="No refund")
    drain(registry.load())
    assert alerts.count() == 2


def test_what_is_new_names_whom_we_called(team: Team, person: User) -> None:
    kept(person)
    recording = said(team, "I want a refund")
    RecordingJob.objects.update(direction="outbound")
    Call.objects.update(called="+46701740616")
    saved_actions.alert(recording.pk)
    assert "+46 70 174 06 16" in client(person).get("/saved/").content.decode()


def test_nobody_is_told_of_what_they_may_not_see_or_did_not_ask_for(team: Team, person: User) -> None:
    kept(person)
    kept(factories.user(), name="Refunds of nobody")
    kept(person, "q=banana", name="Bananas")
    kept(person, name="Unwatched", alert=False)
    saved_actions.alert(said(factories.team(), "refund of others").pk)
    assert not SavedMatch.objects.exists()
    saved_actions.alert(said(team, "a refund").pk)
    assert [match.saved.name for match in SavedMatch.objects.all()] == ["Refunds"]


def test_a_list_can_be_watched_too(team: Team, person: User) -> None:
    saved = kept(person, "longer=5m", SavedPage.RECORDINGS, alert_by_email=False)
    short = said(team, "hello")
    long = factories.recording(number=factories.number(team=team), duration=400.0)
    saved_actions.alert(short.pk)
    saved_actions.alert(long.pk)
    assert [match.recording_id for match in SavedMatch.objects.all()] == [long.pk]
    assert mail.outbox == []
    assert matching.count(saved, person) == (1, False)


def test_a_saved_search_that_can_no_longer_be_read_finds_nothing(team: Team, person: User) -> None:
    saved = kept(person, "q=%28broken")
    assert not matching.finds(saved, said(team, "broken"))
    assert matching.count(saved, person) == (0, False)


def test_who_shares_a_team_sees_it_with_their_own_recordings_and_cannot_change_it(team: Team, person: User) -> None:
    saved = kept(person, team=team)
    said(team, "refund")
    colleague = client(factories.user(teams=[team]))
    page = colleague.get("/saved/").content.decode()
    assert "Refunds" in page
    assert f"/saved/{saved.pk}/" not in page
    assert colleague.post(f"/saved/{saved.pk}/delete/").status_code == 404
    assert "Refunds" not in client(factories.user()).get("/saved/").content.decode()


def the_undo(browser: Client) -> Undo:
    """What undoes the last thing that the page says was done."""
    (*_, message) = browser.get("/saved/").context["messages"]
    found = undo_of(message)
    assert found
    return found


def test_it_is_renamed_and_deleted_by_its_owner(person: User) -> None:
    saved = kept(person)
    browser = client(person)
    browser.post(f"/saved/{saved.pk}/", {"name": "Money back", "alert_by_email": "on"})
    saved.refresh_from_db()
    assert (saved.name, saved.alert, saved.alert_by_email, saved.query) == ("Money back", False, False, "q=refund")
    undo = the_undo(browser)
    browser.post(undo.url, dict(undo.fields))
    saved.refresh_from_db()
    assert saved.name == "Refunds"
    browser.post(f"/saved/{saved.pk}/delete/")
    assert not SavedSearch.objects.exists()
    undo = the_undo(browser)
    browser.post(undo.url, dict(undo.fields))
    again = SavedSearch.objects.get()
    assert (again.name, again.query, again.alert) == (saved.name, saved.query, saved.alert)


def test_names_cannot_add_headers_to_a_mail(team: Team, person: User) -> None:
    kept(person, name="Refunds\r\nBcc: all@example.com")
    saved_actions.alert(said(team, "refund").pk)
    assert len(mail.outbox) == 1
    assert "\n" not in str(mail.outbox[0].subject)


def test_a_rejected_mailbox_does_not_keep_others_from_being_notified(
    team: Team, person: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = factories.user(teams=[team], email="gone@example.com")
    for owner in (gone, person):
        kept(owner)
    refuse_mail_to(gone.email, monkeypatch)
    recording = said(team, "a refund")
    for _ in range(2):
        with pytest.raises(SMTPRecipientsRefused):
            saved_actions.alert(recording.pk)
    assert [mailed.to for mailed in mail.outbox] == [[person.email]]
    assert {match.saved.owner for match in SavedMatch.objects.all()} == {gone, person}


@pytest.mark.parametrize("query", ["tag=gone", "tam=5", "longer=long"])
def test_a_list_whose_filters_can_no_longer_be_read_finds_nothing(query: str, team: Team, person: User) -> None:
    recording = said(team, "hello")
    saved = kept(person, query, SavedPage.RECORDINGS)
    assert not matching.finds(saved, recording)
    assert matching.count(saved, person) == (0, False)
