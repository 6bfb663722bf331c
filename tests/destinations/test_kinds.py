"""A kind of store is one folder and one registration: the pages and the check know a new one by these alone."""

from typing import cast

import pytest
from django.test import Client

from recordings_site.destinations import doctor, kinds
from recordings_site.destinations.kinds.base import Guide, ReadMode, StoreKind
from recordings_site.destinations.models import Destination
from recordings_site.destinations.steps import BAD
from recordings_site.sinch import credentials
from recordings_site.sinch.uploads import destination_url
from recordings_site.sinch.uploads.destination_url import Scheme
from recordings_site.storage import factory
from tests import factories

pytestmark = pytest.mark.django_db


class Tape(StoreKind):
    """A kind that nobody has."""

    name = "tape"
    label = "Tape robot"
    bucket_label = "Shelf"
    place_fields = ("region",)
    read_modes = (ReadMode.KEYS,)
    write_remedy = "Turn the robot on."

    def write_set(self, key: str, secret: str, region: str) -> str:
        return f"{key}@{secret}"

    def guide(self, *, bucket: str = "", prefix: str = "", account: str = "") -> Guide:
        return Guide("Robots are shy.", "Ask the robot.", "Ask it again.")

    def read_remedy(self, what: str) -> str:
        return f"Let the robot {what}."


@pytest.fixture
def tape(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(cast(dict[str, StoreKind], kinds.KINDS), "tape", Tape())
    monkeypatch.setitem(destination_url.SCHEMES, "tape", Scheme("shelf"))


@pytest.fixture
def admin(client: Client) -> Client:
    client.force_login(factories.admin())
    return client


def test_a_kind_that_is_registered_is_offered_with_its_own_fields_and_guide(admin: Client, tape: None) -> None:
    assert "Tape robot" in admin.get("/destinations/").content.decode()
    page = admin.get("/destinations/new/tape/").content.decode()
    assert "Robots are shy." in page
    assert "Shelf" in page
    assert 'name="region"' in page
    assert 'name="account"' not in page
    answer = admin.post("/destinations/new/tape/", {"name": "Tapes", "bucket": "no shelf", "region": "cellar"})
    assert "The shelf in the destination URL is missing" in answer.content.decode()


def test_the_check_of_a_kind_has_its_own_remedies(tape: None) -> None:
    steps = {step.name: step for step in doctor.examine(Destination(pk=1, kind="tape", write_credentials="x"))}
    assert steps["write"].outcome == BAD


def test_each_kind_is_known_on_the_floors_below_by_the_same_name() -> None:
    assert set(kinds.KINDS) == set(destination_url.SCHEMES) == set(factory.KINDS) == set(credentials.GRAMMARS)


@pytest.mark.parametrize("kind", kinds.KINDS)
def test_each_kind_has_its_pages(admin: Client, kind: str) -> None:
    assert admin.get(f"/destinations/new/{kind}/").status_code == 200
    assert kinds.KINDS[kind].label in admin.get("/destinations/").content.decode()
