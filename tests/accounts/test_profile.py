"""One's own profile: times in one's zone, and the browser's guess offered once."""

import pytest
from django.test import Client

from recordings_site.accounts.models import User
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def person() -> User:
    return factories.user()


@pytest.fixture
def client(person: User) -> Client:
    own = Client()
    own.force_login(person)
    return own


def test_name_and_zone_are_set_and_a_zone_that_does_not_exist_is_refused(client: Client, person: User) -> None:
    assert client.post("/profile/", {"name": "Ann", "time_zone": "Asia/Tokyo"}).status_code == 302
    assert client.post("/profile/", {"name": "Ann", "time_zone": "Mars/Olympus"}).status_code == 422
    person.refresh_from_db()
    assert (person.name, str(person.zone)) == ("Ann", "Asia/Tokyo")


def test_the_browsers_guess_is_offered_until_it_is_answered(client: Client, person: User) -> None:
    assert "zone-offer" in client.get("/profile/").content.decode()
    client.post("/profile/zone/", {"time_zone": "", "next": "/profile/"})
    assert "zone-offer" not in client.get("/profile/").content.decode()
    person.refresh_from_db()
    assert person.time_zone == ""


def test_the_pages_of_passwords_and_second_factors_lead_back(person: User) -> None:
    browser = Client()
    browser.post("/accounts/login/", {"login": person.email, "password": factories.PASSWORD})
    for path in ("/accounts/2fa/", "/accounts/password/change/"):
        assert '<a href="/profile/">Profile</a></p>' in browser.get(path).content.decode(), path


def test_taking_the_guess_sets_the_zone(client: Client, person: User) -> None:
    client.post("/profile/zone/", {"time_zone": "Europe/Stockholm", "next": "/profile/"})
    person.refresh_from_db()
    assert person.time_zone == "Europe/Stockholm"


def test_times_are_shown_in_the_viewers_zone() -> None:
    admin = factories.admin(time_zone="Asia/Tokyo")
    own = Client()
    own.force_login(admin)
    from recordings_site.accounts import audit

    event = audit.record(by=admin, action="thing.done")
    local = event.at.astimezone(admin.zone)
    assert f"{local:%H:%M:%S}" in own.get("/activity/").content.decode()
