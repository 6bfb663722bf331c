"""The rail: the pages of one's role, of which the one that is open is marked."""

import re

import pytest
from django.test import Client

from recordings_site.accounts.models import Role
from tests import factories

pytestmark = pytest.mark.django_db


def rail(person: object, path: str) -> tuple[list[str], list[str]]:
    """The pages that the rail of a page leads to, and those that it marks as open."""
    browser = Client()
    browser.force_login(person)  # type: ignore[arg-type]
    html = browser.get(path).content.decode()
    links = re.findall(r'<a class="nav" href="([^"]+)"( aria-current="page")?', html)
    return [url for url, _ in links], [url for url, current in links if current]


def test_each_role_is_led_to_its_pages_whoever_came_before() -> None:
    admin, auditor, support = factories.admin(), factories.user(Role.AUDITOR), factories.user()
    for person, oversees in ((admin, True), (support, False), (auditor, True), (support, False), (admin, True)):
        pages, _ = rail(person, "/recordings/")
        assert {"/", "/recordings/", "/search/", "/calls/", "/profile/"} <= set(pages)
        assert ("/policies/" in pages, "/activity/" in pages) == (oversees, oversees)


def test_the_rail_calls_one_by_ones_name() -> None:
    for person, called in (
        (factories.user(name="Ann Berg"), "Ann Berg"),
        (factories.user(email="x@y.example"), "x@y.example"),
    ):
        browser = Client()
        browser.force_login(person)
        html = browser.get("/recordings/").content.decode()
        assert f'<span class="clip" title="{person.email}">{called}</span>' in html


def test_the_page_that_is_open_is_marked_also_from_pages_below_it() -> None:
    admin = factories.admin()
    recording = factories.recording()
    for path, marked in (
        ("/", ["/"]),
        ("/recordings/", ["/recordings/"]),
        (f"/recordings/{recording.pk}/", ["/recordings/"]),
        ("/policies/new/", ["/policies/"]),
        ("/recordings/?state=late", ["/recordings/"]),
        ("/profile/", []),
        ("/nothing/", []),
    ):
        assert rail(admin, path)[1] == marked, path


def test_the_help_of_a_page_is_about_it() -> None:
    agent = Client()
    agent.force_login(factories.admin())
    recording = factories.recording()
    for path, topic in (
        ("/", ""), ("/search/", "search/"), ("/recordings/", "states/"), ("/people/", "roles/"),
        (f"/recordings/{recording.pk}/", "listening/"),
    ):  # fmt: skip
        assert f'href="/help/{topic}" aria-label="Help"' in agent.get(path).content.decode(), path


def test_the_sheet_of_keys_has_the_keys_of_ones_pages() -> None:
    for person, keys in ((factories.user(), "hrslcmi"), (factories.admin(), "hrslcmpndaeyti")):
        browser = Client()
        browser.force_login(person)
        html = browser.get("/nothing/").content.decode()
        assert re.findall(r'data-go="(.)"', html) == list(keys)
