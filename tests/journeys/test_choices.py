"""No page holds choices that grow with the customer."""

import re

import pytest
from django.test import Client

from recordings_site.recordings.models import Tag
from tests import factories
from tests.journeys.site_map import pages
from tests.journeys.worlds import ADMIN, SUPERVISOR, World, small_world

pytestmark = pytest.mark.django_db


def add(world: World, count: int, start: int) -> None:
    """So many more of everything that can be chosen somewhere."""
    person, number = world.people[SUPERVISOR], world.recording.number
    assert number
    for index in range(start, start + count):
        person.teams.add(factories.team())
        factories.number(team=number.team, application=number.application, policy=number.policy, label=f"Line {index}")
        factories.policy()
        factories.destination()
        factories.application()
        Tag.objects.create(name=f"tag {index}")


def choices(client: Client, url: str) -> int:
    """How many options and checkboxes a page has."""
    return len(re.findall(r"<option|type=\"checkbox\"", client.get(url).content.decode()))


def test_no_page_offers_more_choices_to_who_has_more_of_everything() -> None:
    world = small_world()
    nobodys = factories.recording(call=None)
    admin, supervisor = Client(), Client()
    admin.force_login(world.people[ADMIN])
    supervisor.force_login(world.people[SUPERVISOR])
    add(world, 60, 0)
    visits = [(client, url) for client in (admin, supervisor) for url in pages(client, world.values)]
    visits.append((admin, f"/recordings/{nobodys.pk}/"))
    before = [(url, choices(client, url)) for client, url in visits]
    add(world, 30, 60)
    assert [(url, choices(client, url)) for client, url in visits] == before
    assert len(before) > 30
