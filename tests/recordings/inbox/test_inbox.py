"""The inbox: what waits for one, how much of it is new, and nothing of calls that one may not see."""

import pytest
from django.test import Client

from recordings_site.policies.models import PolicyVersion
from recordings_site.recordings.inbox.actions import mark_read
from recordings_site.recordings.inbox.queries import inbox_of
from recordings_site.recordings.models import Comment, RecordingJob, SavedMatch, SavedSearch
from recordings_site.web.undo import undo_of
from tests import factories

pytestmark = pytest.mark.django_db


def mention(person: object, recording: RecordingJob, text: str) -> None:
    comment = Comment.objects.create(recording=recording, author=factories.admin(), at=1.5, text=text)
    comment.mentions.add(person)  # type: ignore[arg-type]


def test_mentions_and_matches_count_until_they_are_read() -> None:
    number = factories.number()
    agent = factories.user(teams=[number.team])
    mine, foreign = factories.recording(number=number), factories.recording()
    mention(agent, mine, "Please call back.")
    mention(agent, foreign, "Secret")
    saved = SavedSearch.objects.create(owner=agent, name="Refunds", page="search", query="q=refund")
    SavedMatch.objects.create(saved=saved, recording=mine)
    SavedMatch.objects.create(saved=saved, recording=foreign)
    assert inbox_of(agent).unread == 2
    mark_read(by=agent)
    found = inbox_of(agent)
    assert (found.unread, [each.text for each in found.mentions], found.matches) == (0, ["Please call back."], [])
    mention(agent, mine, "Again")
    assert inbox_of(agent).unread == 1


def test_the_page_leads_to_the_line_and_the_badge_says_how_many() -> None:
    number = factories.number()
    agent = factories.user(teams=[number.team])
    recording = factories.recording(number=number)
    client = Client()
    client.force_login(agent)
    assert "You’re all caught up" in client.get("/inbox/").content.decode()
    mention(agent, recording, "<b>Look</b>")
    page = client.get("/inbox/").content.decode()
    assert f'href="/recordings/{recording.pk}/?t=1.5"' in page
    assert "&lt;b&gt;Look&lt;/b&gt;" in page
    assert ">1<span" in client.get("/inbox/badge/").content.decode()
    assert client.post("/inbox/read/").status_code == 302
    assert ">1<span" not in client.get("/inbox/badge/").content.decode()
    (message,) = client.get("/inbox/").context["messages"]
    undo = undo_of(message)
    assert undo
    client.post(undo.url, dict(undo.fields))
    assert ">1<span" in client.get("/inbox/badge/").content.decode()
    for read_at in ("yesterday", "2026-13-01T00:00:00Z", "2026-01-01T00:00:00"):
        assert client.post("/inbox/read/", {"read_at": read_at}).status_code == 302


def test_an_approval_waits_for_other_admins_alone() -> None:
    policy = factories.policy()
    proposer, other = factories.admin(), factories.admin()
    PolicyVersion.objects.create(policy=policy, number=9, document=policy.published.document, created_by=proposer)
    assert (inbox_of(other).unread, inbox_of(proposer).unread, inbox_of(factories.user()).unread) == (1, 0, 0)
