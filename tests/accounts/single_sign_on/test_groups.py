"""A provider's groups give role and teams at each sign-in, and who is in none of them has no access."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from recordings_site.accounts.models import AuditEvent, Role, User
from recordings_site.accounts.single_sign_on import groups
from tests import factories
from tests.accounts.single_sign_on.provider import running, sign_in, use

pytestmark = [pytest.mark.django_db, pytest.mark.filterwarnings("ignore::DeprecationWarning")]

PEOPLE = {
    name: {"email": f"{name}@example.com", "email_verified": True, "groups": held}
    for name, held in {
        "ann": ["staff", "call admins"],
        "bob": ["agents", "leads", "berlin"],
        "cleo": ["staff"],
        "dora": "agents",
        "emil": [["call admins"], {"call admins": 1}, None, 7],
    }.items()
}


@pytest.fixture(scope="module")
def provider() -> Iterator[str]:
    with running(PEOPLE) as address:
        yield address


@pytest.fixture(autouse=True)
def mapped(provider: str, settings: Any) -> None:
    use(provider, settings)
    settings.OIDC_ROLES = {"call admins": "admin", "leads": "supervisor", "agents": "support"}
    settings.OIDC_TEAMS = {"berlin": "Berlin", "paris": "Paris"}
    factories.admin()


def person(name: str, role: Role = Role.SUPPORT) -> User:
    return factories.user(role, email=f"{name}@example.com")


def is_in(client: Client) -> bool:
    return client.get("/profile/").status_code == 200


@pytest.mark.parametrize(("name", "role"), [("ann", Role.ADMIN), ("bob", Role.SUPERVISOR), ("dora", Role.SUPPORT)])
def test_the_highest_role_of_the_groups_holds(name: str, role: Role) -> None:
    found = person(name, Role.AUDITOR)
    assert is_in(sign_in(name))
    found.refresh_from_db()
    assert found.role == role
    data = AuditEvent.objects.get(action="person.changed", subject_id=str(found.pk)).data
    assert (data["role"], data["by"]) == ({"from": "auditor", "to": role}, "single sign-on")


@pytest.mark.parametrize("name", ["cleo", "emil"])
def test_who_is_in_no_group_with_a_role_is_refused_and_out_everywhere(name: str) -> None:
    found = person(name)
    elsewhere = Client(HTTP_HOST="localhost")
    elsewhere.force_login(found)
    client = sign_in(name)
    assert not is_in(client)
    assert "isn’t in a group that has access" in client.get("/accounts/login/").content.decode()
    assert not is_in(elsewhere)
    assert AuditEvent.objects.filter(action="person.access_ended", subject_id=str(found.pk)).exists()


def test_teams_of_groups_are_set_and_others_stay() -> None:
    found = person("bob")
    teams = {name: factories.team(name=name) for name in ("Berlin", "Paris", "Rome")}
    found.teams.set([teams["Paris"], teams["Rome"]])
    sign_in("bob")
    assert set(found.teams.all()) == {teams["Berlin"], teams["Rome"]}


def test_a_role_that_was_set_here_lasts_until_the_next_sign_in() -> None:
    found = person("ann")
    sign_in("ann")
    User.objects.filter(pk=found.pk).update(role=Role.SUPPORT)
    sign_in("ann")
    found.refresh_from_db()
    assert found.role == Role.ADMIN


def test_the_only_admin_stays_one() -> None:
    User.objects.filter(role=Role.ADMIN).delete()
    found = person("bob", Role.ADMIN)
    assert is_in(sign_in("bob"))
    found.refresh_from_db()
    assert found.role == Role.ADMIN


def test_without_a_mapping_roles_are_set_here(settings: Any) -> None:
    settings.OIDC_ROLES = {}
    found = person("cleo", Role.SUPERVISOR)
    assert is_in(sign_in("cleo"))
    found.refresh_from_db()
    assert found.role == Role.SUPERVISOR


def test_a_deactivated_person_is_not_given_a_role() -> None:
    found = person("ann")
    User.objects.filter(pk=found.pk).update(is_active=False)
    assert not is_in(sign_in("ann"))
    found.refresh_from_db()
    assert found.role == Role.SUPPORT


@pytest.mark.parametrize("told", [None, 7, {"a": 1}, True, ["a", 1, None]])
def test_groups_in_any_shape_are_read_or_left_out(told: object) -> None:
    assert groups.groups_in({"groups": told}) == (["a"] if isinstance(told, list) else None)
