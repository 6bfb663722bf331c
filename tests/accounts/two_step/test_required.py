"""A role that requires two-step verification gets nothing else before it is set up, however it is asked for."""

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from recordings_site.accounts.models import Role, User
from tests import factories
from tests.journeys.site_map import routes
from tests.journeys.worlds import small_world
from tests.ops.test_mfa_adapter import code_of

pytestmark = pytest.mark.django_db

INDEX = "/accounts/2fa/"


@pytest.fixture(autouse=True)
def required(settings: object) -> None:
    settings.TWO_STEP_ROLES = ["admin"]  # type: ignore[attr-defined]
    cache.clear()


@pytest.fixture
def admin() -> User:
    return factories.admin()


def signed_in(person: User) -> Client:
    client = Client()
    client.post("/accounts/login/", {"login": person.email, "password": factories.PASSWORD})
    return client


def confirmed(person: User) -> Client:
    client = signed_in(person)
    client.post("/accounts/reauthenticate/", {"password": factories.PASSWORD})
    return client


def key_of(person: User) -> Authenticator:
    """A security key, as far as its removal goes."""
    return Authenticator.objects.create(user=person, type=Authenticator.Type.WEBAUTHN, data={"name": "Key"})


def test_every_address_of_the_site_leads_to_the_set_up() -> None:
    world = small_world()
    client = Client()
    client.force_login(world.people["admin"])
    reached = []
    for route in routes():
        url = route.url(world.values)
        if url.startswith((INDEX, "/accounts/reauthenticate/", "/accounts/logout/", "/accounts/oidc/", "/callbacks/")):
            continue
        for method in ("GET", "HEAD", "POST", "DELETE"):
            answer = client.generic(method, url)
            if answer.headers.get("Location") != INDEX or answer.content:
                reached.append((method, url, answer.status_code))
    assert reached == []


@pytest.mark.parametrize(
    "headers",
    [
        {"HX-Request": "true", "HX-Target": "status", "HX-Current-URL": "http://testserver/status/"},
        {"Range": "bytes=0-", "Sec-Fetch-Dest": "audio"},
        {"Accept": "application/json", "X-Requested-With": "XMLHttpRequest"},
    ],
)
@pytest.mark.parametrize("path", ["/status/", "/status", "/accounts/2fa/../../status/", "//status/", "/no/such/page/"])
def test_no_kind_of_request_comes_past_it(admin: User, path: str, headers: dict[str, str]) -> None:
    client = signed_in(admin)
    answer = client.get(path, headers=headers)
    led = answer.headers.get("HX-Redirect") or answer.headers.get("Location")
    assert led == INDEX or answer.status_code == 404
    assert b"No problems" not in answer.content


def test_the_set_up_page_says_why_and_offers_no_way_around(admin: User) -> None:
    page = signed_in(admin).get("/", follow=True).content.decode()
    assert "Your role requires two-step verification" in page
    links = {reverse(name) for name in ("mfa_activate_totp", "mfa_add_webauthn")}
    assert all(f'href="{link}"' in page for link in links)
    assert 'href="/people/"' not in page
    assert "Sign out" in page


def test_an_app_opens_the_site_and_its_codes_are_asked_for_from_then_on(admin: User) -> None:
    client = confirmed(admin)
    secret = str(client.get("/accounts/2fa/totp/activate/").context["form"].secret)
    answer = client.post("/accounts/2fa/totp/activate/", {"code": code_of(secret)})
    assert answer.headers["Location"] == "/accounts/2fa/recovery-codes/"
    assert client.get("/people/").status_code == 200
    assert "_auth_user_id" not in signed_in(admin).session


def test_recovery_codes_alone_are_no_second_step(admin: User) -> None:
    RecoveryCodes.activate(admin)
    assert signed_in(admin).get("/people/").headers["Location"] == INDEX


def test_other_roles_are_not_asked() -> None:
    assert signed_in(factories.user(Role.SUPERVISOR)).get("/profile/").status_code == 200


def test_a_role_that_comes_to_require_it_does_so_in_sessions_that_are_open() -> None:
    person = factories.user()
    client = signed_in(person)
    assert client.get("/profile/").status_code == 200
    User.objects.filter(pk=person.pk).update(role=Role.ADMIN)
    assert client.get("/profile/").headers["Location"] == INDEX


@pytest.mark.parametrize("kind", ["app", "key"])
def test_the_last_one_is_not_removed_and_one_of_two_is(admin: User, kind: str) -> None:
    client = confirmed(admin)
    first = TOTP.activate(admin, generate_totp_secret()).instance if kind == "app" else key_of(admin)
    path = "totp/deactivate/" if kind == "app" else f"webauthn/keys/{first.pk}/remove/"
    answer = client.post(f"{INDEX}{path}", follow=True)
    assert "Add another method before you remove this one" in answer.content.decode()
    assert Authenticator.objects.filter(pk=first.pk).exists()
    key_of(admin)
    client.post(f"{INDEX}{path}")
    assert not Authenticator.objects.filter(pk=first.pk).exists()


def test_where_nothing_is_required_the_last_one_goes(admin: User, settings: object) -> None:
    settings.TWO_STEP_ROLES = []  # type: ignore[attr-defined]
    client = confirmed(admin)
    TOTP.activate(admin, generate_totp_secret())
    client.post(f"{INDEX}totp/deactivate/")
    assert not Authenticator.objects.filter(user=admin).exists()
    assert client.get("/people/").status_code == 200


def test_who_loses_it_through_another_admin_sets_it_up_again(admin: User) -> None:
    TOTP.activate(admin, generate_totp_secret())
    client = Client()
    client.force_login(admin)
    assert client.get("/people/").status_code == 200
    Authenticator.objects.filter(user=admin).delete()
    assert client.get("/people/").headers["Location"] == INDEX


def test_the_page_is_called_as_the_rest_of_the_site_calls_it() -> None:
    client = Client()
    client.force_login(factories.user())
    page = client.get("/accounts/2fa/").content.decode()
    assert page.count("Two-step verification") >= 2
    assert "two-factor" not in page.lower()
