"""Under POLICY_APPROVAL one admin alone moves no call: not by number, default route, archive, roll-back or import."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from recordings_site.accounts.approvals.actions import decide
from recordings_site.accounts.approvals.kinds import Refused
from recordings_site.accounts.models import Approval, User
from recordings_site.destinations import actions as destinations
from recordings_site.policies.applications import actions
from recordings_site.policies.applications.actions_connect import set_relay
from recordings_site.policies.editor import publishing
from recordings_site.policies.models import PhoneNumber, PolicyVersion
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def approval(settings: Any) -> None:
    settings.POLICY_APPROVAL = True


@pytest.fixture
def admins() -> list[User]:
    """Two of them."""
    return [factories.admin(), factories.admin()]


def fresh(number: PhoneNumber) -> PhoneNumber:
    return PhoneNumber.objects.get(pk=number.pk)


def test_a_number_keeps_its_policy_until_another_admin_approves(admins: list[User]) -> None:
    number, policy = factories.number(label="Old"), factories.policy()
    waits = actions.update_number(by=admins[0], number=number, policy=policy, label="New")
    assert waits
    assert (fresh(number).policy, fresh(number).label) == (None, "New")
    with pytest.raises(Refused):
        decide(by=admins[0], approval=waits, approve=True)
    decide(by=admins[1], approval=waits, approve=True)
    assert fresh(number).policy == policy


def test_a_number_that_is_archived_waits(admins: list[User]) -> None:
    number = factories.number()
    archive = actions.archive_number(by=admins[0], number=number)
    assert archive
    assert fresh(number).archived_at is None
    decide(by=admins[1], approval=archive, approve=True)
    assert fresh(number).archived_at is not None


def test_a_default_route_and_a_relay_wait_and_a_name_does_not(admins: list[User]) -> None:
    application = factories.application()
    route = {"action": "hangup"}
    waits = actions.update_application(by=admins[0], application=application, name="Renamed", default_route=route)
    application.refresh_from_db()
    assert (application.name, application.default_route) == ("Renamed", factories.CONNECT)
    assert waits
    decide(by=admins[1], approval=waits, approve=True)
    application.refresh_from_db()
    assert application.default_route == route
    url = "https://example.com/"
    assert set_relay(by=admins[0], application=application, mode="relay", url=url, timeout_ms=1000)
    application.refresh_from_db()
    assert application.callback_mode == "answer"


def test_the_page_says_that_it_waits(admins: list[User]) -> None:
    client, number = Client(), factories.number()
    client.force_login(admins[0])
    page = client.post(f"/numbers/{number.pk}/archive/", follow=True).content.decode()
    assert "Another admin has to approve" in page
    assert str(number) in client.get("/approvals/").content.decode()


def test_a_roll_back_waits(admins: list[User]) -> None:
    policy = factories.policy()
    first = policy.published
    assert first
    policy.published = PolicyVersion.objects.create(
        policy=policy, number=2, document=first.document, published_at=factories.LONG_AGO
    )
    policy.save()
    again = publishing.roll_back(by=admins[0], version=first)
    policy.refresh_from_db()
    assert (policy.published.number, again.published_at) == (2, None)
    publishing.approve(by=admins[1], version=again)
    policy.refresh_from_db()
    assert policy.published == again


def test_an_import_is_proposed_by_somebody(admins: list[User], tmp_path: Path) -> None:
    file = tmp_path / "policies.json"
    document = {"otherwise_record": True, "route": factories.CONNECT}
    destination = factories.destination()
    document["how"] = {"destination": destination.name}
    file.write_text(json.dumps({"policies": {"Imported": document}}))
    for by in ("", "nobody@example.com"):
        with pytest.raises(CommandError):
            call_command("policies", "import", str(file), "--publish", "From the other site", "--by", by)
    call_command("policies", "import", str(file), "--publish", "From the other site", "--by", admins[0].email)
    version = PolicyVersion.objects.get(policy__name="Imported")
    assert (version.created_by, version.published_at) == (admins[0], None)
    assert not Approval.objects.exists()


def test_the_place_of_a_destination_waits_and_its_name_does_not(admins: list[User]) -> None:
    place = factories.destination(name="Old", bucket="ours")
    client = Client()
    client.force_login(admins[0])
    url = f"/destinations/{place.pk}/edit/"
    form = client.get(url).context["form"]
    posted = {bound.html_name: bound.value() or "" for bound in form} | {"name": "New", "bucket": "mine"}
    page = client.post(url, posted, follow=True).content.decode()
    assert "Another admin has to approve" in page
    place.refresh_from_db()
    assert (place.name, place.bucket) == ("New", "ours")
    asked = Approval.objects.get()
    with pytest.raises(Refused):
        decide(by=admins[0], approval=asked, approve=True)
    decide(by=admins[1], approval=asked, approve=True)
    place.refresh_from_db()
    assert place.bucket == "mine"


def test_the_command_line_moves_no_destination_without_saying_who_asks() -> None:
    place = factories.destination(bucket="ours")
    with pytest.raises(Refused, match="--by"):
        destinations.update_destination(by=None, destination=place, name=place.name, bucket="mine")
