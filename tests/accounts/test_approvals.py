"""Nobody becomes somebody else: what makes an admin, or disarms one, takes two."""

from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from recordings_site.accounts import actions, audit
from recordings_site.accounts.approvals.actions import decide
from recordings_site.accounts.approvals.kinds import Refused
from recordings_site.accounts.models import Approval, AuditEvent, Role, User
from tests import factories
from tests.queue_worker import send_letters

pytestmark = pytest.mark.django_db


@pytest.fixture
def admins() -> list[User]:
    """Two of them."""
    return [factories.admin(email="one@example.com"), factories.admin(email="two@example.com")]


def signed_in(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def test_an_admin_is_made_by_two_and_the_other_is_written_to(admins: list[User]) -> None:
    person = factories.user()
    signed_in(admins[0]).post(f"/people/{person.pk}/", {"name": "Ann", "role": "admin"})
    person.refresh_from_db()
    assert (person.name, person.role) == ("Ann", Role.SUPPORT)
    assert [(m.to, "/approvals/" in str(m.body)) for m in mail.outbox] == [(["two@example.com"], True)]
    home = signed_in(admins[1]).get("/").content.decode()
    assert f"Change the role of {person.email}: from support to admin" in home
    assert f"Change the role of {person.email}" in signed_in(admins[1]).get("/inbox/").content.decode()
    assert "Change the role" not in signed_in(admins[0]).get("/inbox/").content.decode()
    assert person.email in home
    asked = Approval.objects.get()
    with pytest.raises(Refused, match="Another admin"):
        decide(by=admins[0], approval=asked, approve=True)
    signed_in(admins[1]).post(f"/approvals/{asked.pk}/", {"approve": ""})
    person.refresh_from_db()
    assert person.role == Role.ADMIN
    rows = AuditEvent.objects.order_by("id").values_list("action", "actor_email")
    assert list(rows)[-2:] == [("person.role_approved", "two@example.com"), ("person.changed", "one@example.com")]


def test_an_admin_who_is_invited_begins_as_support(admins: list[User]) -> None:
    signed_in(admins[0]).post("/people/", {"email": "new@example.com", "role": "admin"})
    assert User.objects.get(email="new@example.com").role == Role.SUPPORT
    assert Approval.objects.get().data == {"from": "support", "to": "admin"}


def test_a_request_is_decided_once_and_can_be_withdrawn(admins: list[User]) -> None:
    person = factories.user()
    asked = actions.change_person(by=admins[0], person=person, name="", role=Role.ADMIN, teams=[])
    assert asked
    decide(by=admins[0], approval=asked, approve=False)
    with pytest.raises(Refused, match="already decided"):
        decide(by=admins[1], approval=asked, approve=True)
    person.refresh_from_db()
    assert person.role == Role.SUPPORT


def test_a_request_of_somebody_who_has_no_access_any_more_is_not_carried_out(admins: list[User]) -> None:
    person = factories.user()
    asked = actions.change_person(by=admins[0], person=person, name="", role=Role.ADMIN, teams=[])
    assert asked
    User.objects.filter(pk=admins[0].pk).update(is_active=False)
    with pytest.raises(Refused, match="no longer has access"):
        decide(by=admins[1], approval=asked, approve=True)


def test_an_admins_second_factors_are_removed_by_two_others_where_there_are(admins: list[User]) -> None:
    third = factories.admin()
    Authenticator.objects.create(user=third, type=Authenticator.Type.TOTP, data={"secret": "sealed"})
    signed_in(admins[0]).post(f"/people/{third.pk}/factors/")
    assert Authenticator.objects.exists()
    signed_in(admins[1]).post(f"/approvals/{Approval.objects.get().pk}/", {"approve": ""})
    assert not Authenticator.objects.exists()


def test_with_one_admin_alone_nothing_waits() -> None:
    admin, person = factories.admin(), factories.user()
    assert actions.change_person(by=admin, person=person, name="", role=Role.ADMIN, teams=[]) is None
    person.refresh_from_db()
    assert person.is_admin


@pytest.mark.parametrize("way", ["deactivated", "demoted"])
def test_who_takes_the_other_admin_away_makes_no_new_one_alone(
    way: str, admins: list[User], django_capture_on_commit_callbacks: Any, time_machine: Any
) -> None:
    one, two = admins
    with django_capture_on_commit_callbacks(execute=True):
        if way == "deactivated":
            actions.deactivate_person(by=one, person=two)
        else:
            actions.change_person(by=one, person=two, name="", role=Role.SUPPORT, teams=[])
    assert ["two@example.com"] in [message.to for message in mail.outbox if message.subject == "An admin was removed"]
    browser, person = signed_in(one), factories.user()
    invited = browser.post("/people/", {"email": "puppet@example.com", "role": "admin"})
    assert "create_admin" in invited.content.decode()
    assert not User.objects.filter(email="puppet@example.com").exists()
    changed = browser.post(f"/people/{person.pk}/", {"name": "Ann", "role": "admin"})
    assert "create_admin" in changed.content.decode()
    person.refresh_from_db()
    assert not person.is_admin
    time_machine.move_to(timezone.now() + timedelta(days=8))
    actions.invite_person(by=one, email="later@example.com", role=Role.ADMIN)
    assert User.objects.get(email="later@example.com").is_admin


def test_the_other_admin_whom_one_took_away_can_be_brought_back(admins: list[User]) -> None:
    one, two = admins
    actions.deactivate_person(by=one, person=two)
    actions.reactivate_person(by=one, person=two)
    two.refresh_from_db()
    assert two.is_admin
    for role in (Role.SUPPORT, Role.ADMIN):
        actions.change_person(by=one, person=two, name="", role=role, teams=[])
    two.refresh_from_db()
    assert two.is_admin


def test_a_deactivated_admin_comes_back_as_support(admins: list[User]) -> None:
    third = factories.admin()
    actions.deactivate_person(by=admins[0], person=third)
    actions.reactivate_person(by=admins[0], person=third)
    third.refresh_from_db()
    assert (third.is_active, third.role) == (True, Role.SUPPORT)


def test_who_took_the_other_admin_away_brings_no_older_one_back_as_admin(admins: list[User]) -> None:
    one, two = admins
    older = factories.admin()
    User.objects.filter(pk=older.pk).update(is_active=False)
    User.objects.filter(pk=two.pk).update(role=Role.SUPPORT)
    audit.record(by=one, action="person.changed", subject=two, data={"role": {"from": Role.ADMIN, "to": Role.SUPPORT}})
    actions.reactivate_person(by=one, person=older)
    older.refresh_from_db()
    assert (older.is_active, older.role) == (True, Role.SUPPORT)


def test_a_request_of_who_is_no_admin_any_more_is_not_carried_out(admins: list[User]) -> None:
    asked = actions.change_person(by=admins[0], person=factories.user(), name="", role=Role.ADMIN, teams=[])
    assert asked
    User.objects.filter(pk=admins[0].pk).update(role=Role.SUPPORT)
    with pytest.raises(Refused, match="no longer an admin"):
        decide(by=admins[1], approval=asked, approve=True)


def test_a_session_of_who_was_deactivated_does_not_live_again(admins: list[User]) -> None:
    person = factories.user()
    theirs = signed_in(person)
    actions.deactivate_person(by=admins[0], person=person)
    actions.reactivate_person(by=admins[0], person=person)
    assert theirs.get("/profile/").status_code == 302


def test_a_link_of_who_has_signed_in_is_shown_to_nobody_else(
    admins: list[User], django_capture_on_commit_callbacks: object
) -> None:
    auditor = factories.user(Role.AUDITOR, last_login=timezone.now())
    client = signed_in(admins[0])
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        page = client.post(f"/people/{auditor.pk}/invite/", follow=True).content.decode()
    assert "/password/reset/key/" not in page
    assert "/password/reset/key/" not in client.get("/people/").content.decode()
    send_letters()
    assert [message.to for message in mail.outbox] == [[auditor.email]]


def test_the_command_line_shows_no_link_of_an_admin_who_has_signed_in(
    admins: list[User], capsys: pytest.CaptureFixture[str], django_capture_on_commit_callbacks: object
) -> None:
    User.objects.filter(pk=admins[0].pk).update(last_login=timezone.now())
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        call_command("create_admin", admins[0].email)
    assert "/password/reset/key/" not in capsys.readouterr().out
    assert [message.to for message in mail.outbox] == [["two@example.com"]]
