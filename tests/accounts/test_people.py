"""People and teams: invitations, roles, access that ends at once, and who may not touch them."""

import re

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from recordings_site.accounts import actions
from recordings_site.accounts.models import AuditEvent, Role, Team, User
from tests import factories
from tests.queue_worker import send_letters

pytestmark = pytest.mark.django_db


def signed_in(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


@pytest.fixture
def admin() -> User:
    return factories.admin()


@pytest.fixture
def support() -> User:
    return factories.user()


def link_in(text: str) -> str:
    found = re.search(r"https?://[^/\s]+(/\S+)", text)
    assert found
    return found.group(1)


def choose_password(client: Client, path: str, password: str = "a long enough passphrase") -> None:
    form = client.get(path, follow=True)
    client.post(form.redirect_chain[-1][0], {"password1": password, "password2": password}, follow=True)


def test_an_invited_person_gets_a_link_chooses_a_password_and_is_in(
    admin: User, django_capture_on_commit_callbacks: object
) -> None:
    team = factories.team(name="Support Stockholm")
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        answer = signed_in(admin).post(
            "/people/", {"email": "Ann@Example.com", "name": "Ann", "role": "support", "teams": [team.pk]}
        )
    assert answer.status_code == 302
    ann = User.objects.get(email="ann@example.com")
    assert (ann.role, list(ann.teams.all()), ann.standing) == (Role.SUPPORT, [team], "invited")
    send_letters()
    newcomer = Client()
    choose_password(newcomer, link_in(mail.outbox[0].body))
    assert newcomer.get("/profile/").status_code == 200
    ann.refresh_from_db()
    assert ann.standing == "active"
    actions_kept = set(AuditEvent.objects.values_list("action", flat=True))
    assert {"person.invited", "person.password_set", "person.signed_in"} <= actions_kept


def test_a_link_works_once(admin: User) -> None:
    ann = actions.invite_person(by=admin, email="ann@example.com", role=Role.SUPPORT)
    from recordings_site.accounts.links import password_link

    path = link_in(password_link(ann))
    choose_password(Client(), path)
    assert "This link has expired" in Client().get(path, follow=True).content.decode()


def test_the_link_is_shown_to_the_admin_once_and_never_again(admin: User) -> None:
    client = signed_in(admin)
    client.post("/people/", {"email": "ann@example.com", "role": "support"})
    assert "/password/reset/key/" in client.get("/people/").content.decode()
    assert "/password/reset/key/" not in client.get("/people/").content.decode()


def test_an_address_that_has_an_account_is_refused_at_its_field(admin: User, support: User) -> None:
    answer = signed_in(admin).post("/people/", {"email": support.email.upper(), "role": "support"})
    assert answer.status_code == 422
    assert "This address already has an account" in answer.content.decode()


def test_a_deactivated_person_is_out_at_the_next_request(admin: User, support: User) -> None:
    theirs = signed_in(support)
    assert theirs.get("/profile/").status_code == 200
    signed_in(admin).post(f"/people/{support.pk}/standing/", {"active": "0"})
    assert theirs.get("/profile/").status_code == 302
    signed_in(admin).post(f"/people/{support.pk}/standing/", {"active": "1"})
    assert signed_in(support).get("/profile/").status_code == 200


def test_a_change_of_role_works_at_the_next_request_and_is_kept(admin: User, support: User) -> None:
    theirs = signed_in(support)
    assert theirs.get("/people/").status_code == 404
    signed_in(admin).post(f"/people/{support.pk}/", {"name": "", "role": "auditor"})
    assert theirs.get("/people/").status_code == 200
    row = AuditEvent.objects.get(action="person.changed")
    assert row.data == {"role": {"from": "support", "to": "auditor"}}


def test_who_lost_a_second_factor_is_let_in_again_and_told(
    admin: User, support: User, django_capture_on_commit_callbacks: object
) -> None:
    for person in (admin, support):
        Authenticator.objects.create(user=person, type=Authenticator.Type.TOTP, data={"secret": "sealed"})
    client = signed_in(admin)
    assert "Remove two-step verification" in client.get(f"/people/{support.pk}/").content.decode()
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        client.post(f"/people/{support.pk}/factors/")
    # Nobody takes away their own so: a screen left open would be a way past it.
    assert "on your profile" in client.post(f"/people/{admin.pk}/factors/", follow=True).content.decode()
    assert list(Authenticator.objects.values_list("user", flat=True)) == [admin.pk]
    assert "Remove two-step verification" not in client.get(f"/people/{support.pk}/").content.decode()
    assert [mail.outbox[-1].to, AuditEvent.objects.latest("id").data] == [[support.email], {"kinds": ["totp"]}]


def test_nobody_changes_their_own_role(admin: User) -> None:
    factories.admin()
    answer = signed_in(admin).post(f"/people/{admin.pk}/", {"name": "", "role": "support"})
    assert answer.status_code == 422
    admin.refresh_from_db()
    assert admin.role == Role.ADMIN


def test_the_last_admin_stays(admin: User) -> None:
    other = factories.admin()
    actions.deactivate_person(by=other, person=admin)
    with pytest.raises(actions.PeopleError, match="only admin"):
        actions.change_person(by=admin, person=other, name="", role=Role.SUPPORT, teams=[])
    with pytest.raises(actions.PeopleError, match="only admin"):
        actions.deactivate_person(by=admin, person=other)


def test_a_team_that_owns_numbers_cannot_be_deleted(admin: User) -> None:
    number = factories.number()
    client = signed_in(admin)
    answer = client.post(f"/teams/{number.team.pk}/delete/", follow=True)
    assert "owns 1 number" in answer.content.decode()
    assert Team.objects.filter(pk=number.team.pk).exists()


def test_a_team_shows_how_many_people_and_numbers_it_has_and_leads_to_them(admin: User) -> None:
    number = factories.number(label="Hotline")
    factories.number(team=number.team, archived_at=timezone.now())
    for _ in range(3):
        factories.user(teams=[number.team])
    client = signed_in(admin)
    counts = re.findall(r'<td class="col-num">(\d+)</td>', client.get("/teams/").content.decode())
    assert counts == ["3", "1"]
    html = client.get(f"/teams/{number.team.pk}/").content.decode()
    assert f'<a href="/numbers/{number.pk}/">Hotline</a>' in html


def test_a_team_without_numbers_can_be_made_renamed_and_deleted(admin: User) -> None:
    client = signed_in(admin)
    client.post("/teams/", {"name": "Berlin"})
    team = Team.objects.get()
    client.post(f"/teams/{team.pk}/", {"name": "Hamburg"})
    assert client.post("/teams/", {"name": "hamburg"}).status_code == 422
    client.post(f"/teams/{team.pk}/delete/")
    assert not Team.objects.exists()
    kept = AuditEvent.objects.filter(action__startswith="team.").order_by("id")
    assert [row.action for row in kept] == ["team.created", "team.renamed", "team.deleted"]


def test_create_admin_prints_a_link_that_signs_an_admin_in(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("create_admin", "Boss@example.com")
    client = Client()
    choose_password(client, link_in(capsys.readouterr().out))
    assert client.get("/people/").status_code == 200
    assert User.objects.get().email == "boss@example.com"


def test_create_admin_refuses_what_is_no_address() -> None:
    with pytest.raises(CommandError, match="isn’t an email address"):
        call_command("create_admin", "boss")


def test_the_only_admin_who_lost_a_second_factor_is_helped_at_the_command_line(
    admin: User, capsys: pytest.CaptureFixture[str], django_capture_on_commit_callbacks: object
) -> None:
    Authenticator.objects.create(user=admin, type=Authenticator.Type.TOTP, data={"secret": "sealed"})
    call_command("create_admin", admin.email)
    told = capsys.readouterr().out
    choose_password(Client(), link_in(told))
    assert f"manage.py remove_second_factors {admin.email}" in told, "the new password alone would not help"
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        call_command("remove_second_factors", admin.email.upper())
    assert "TOTP Authenticator. They now sign in with just a password." in capsys.readouterr().out
    client = Client()
    client.post("/accounts/login/", {"login": admin.email, "password": "a long enough passphrase"})
    assert client.get("/people/").status_code == 200
    row = AuditEvent.objects.get(action="person.second_factors_removed")
    assert (row.actor_id, row.subject_name, row.data) == (None, admin.email, {"kinds": ["totp"], "by": "command line"})
    assert "server operator removed" in mail.outbox[-1].body
    call_command("remove_second_factors", admin.email)
    assert "Nothing was changed" in capsys.readouterr().out
    assert AuditEvent.objects.filter(action="person.second_factors_removed").count() == 1


def test_remove_second_factors_names_an_address_that_nobody_has() -> None:
    with pytest.raises(CommandError, match="No account has the address"):
        call_command("remove_second_factors", "nobody@example.com")


def test_verify_audit_tells_a_whole_chain_and_a_head_that_was_cut_off(
    admin: User, capsys: pytest.CaptureFixture[str]
) -> None:
    actions.create_team(by=admin, name="Berlin")
    head = AuditEvent.objects.get().chain
    call_command("verify_audit", "--head", head)
    assert head in capsys.readouterr().out
    with pytest.raises(CommandError, match="Newer rows were removed"):
        call_command("verify_audit", "--head", "0" * 64)
