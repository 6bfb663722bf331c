"""The activity page: filters, paging by key, and an export that a spreadsheet cannot be tricked by."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from recordings_site.accounts import audit
from recordings_site.accounts.models import AuditEvent, User
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin() -> User:
    return factories.admin()


@pytest.fixture
def client(admin: User) -> Client:
    own = Client()
    own.force_login(admin)
    return own


def names(client: Client, query: str = "") -> list[str]:
    return [event.subject_name for event in client.get(f"/activity/{query}").context["page"].rows]


def test_filters_narrow_by_who_what_subject_and_day(client: Client, admin: User) -> None:
    audit.record(by=admin, action="team.created", name="Berlin")
    audit.record(by=None, action="policy.published", name="Standard")
    tomorrow = (timezone.localdate() + timedelta(days=1)).isoformat()
    assert names(client) == ["Standard", "Berlin"]
    assert names(client, f"?who={admin.email[:5]}") == ["Berlin"]
    assert names(client, "?action=policy.") == ["Standard"]
    assert names(client, "?subject=berl") == ["Berlin"]
    assert names(client, f"?since={tomorrow}") == []
    assert names(client, f"?until={timezone.localdate().isoformat()}") == ["Standard", "Berlin"]
    assert names(client, "?since=rubbish") == []
    assert client.get("/activity/?since=rubbish").content.decode().count("Enter a valid date") == 1


def test_paging_walks_every_row_once_there_and_back(client: Client) -> None:
    for count in range(120):
        audit.record(by=None, action="thing.done", name=f"{count}")
    everything = [str(count) for count in reversed(range(120))]
    seen: list[str] = []
    query = ""
    while True:
        page = client.get(f"/activity/{query}").context["page"]
        seen += [event.subject_name for event in page.rows]
        if not page.older:
            break
        query = f"?before={page.rows[-1].pk}"
    assert seen == everything
    back = client.get(f"/activity/?after={page.rows[0].pk}").context["page"]
    assert [event.subject_name for event in back.rows] == everything[50:100]
    assert (back.newer, back.older) == (True, True)


def test_the_page_costs_the_same_queries_however_many_rows(client: Client, django_assert_num_queries: object) -> None:
    for count in range(60):
        audit.record(by=None, action="thing.done", name=f"{count}")
    client.get("/activity/")
    with django_assert_num_queries(5):  # type: ignore[operator]
        client.get("/activity/")


def test_htmx_gets_the_rows_alone(client: Client) -> None:
    audit.record(by=None, action="thing.done", name="Berlin")
    part = client.get("/activity/", headers={"HX-Request": "true", "HX-Target": "events"}).content.decode()
    assert part.strip().startswith('<div id="events">')
    assert "<html" not in part


def test_the_export_holds_the_filtered_rows_and_is_itself_kept(client: Client) -> None:
    audit.record(by=None, action="team.created", name="=HYPERLINK(1)")
    audit.record(by=None, action="policy.published", name="Standard")
    lines = b"".join(client.get("/activity/export/?action=team.")).decode().splitlines()  # type: ignore[arg-type]
    assert len(lines) == 2
    assert "'=HYPERLINK(1)" in lines[1]
    assert AuditEvent.objects.filter(action="activity.exported").count() == 1


def test_a_row_tells_in_words_what_was_done_leads_to_it_and_says_from_where(client: Client) -> None:
    team = factories.team(name="Berlin")
    client.post(f"/teams/{team.pk}/", {"name": "Berlin Mitte"}, REMOTE_ADDR="192.0.2.7")
    page = client.get("/activity/").content.decode()
    assert "Team renamed" in page
    assert f'href="/teams/{team.pk}/">Berlin Mitte</a>' in page
    assert "192.0.2.7" in page


def test_a_row_about_something_without_a_page_stands_without_a_link(client: Client) -> None:
    audit.record(by=None, action="alert.snapshot.stale", name="Berlin")
    page = client.get("/activity/").content.decode()
    assert '<span class="wrap">Berlin</span>' in page
