"""Headers of every answer: nothing signed in is stored, and no other site embeds anything."""

import pytest
from django.test import Client

from tests.journeys.site_map import routes
from tests.journeys.worlds import ADMIN, small_world

pytestmark = pytest.mark.django_db


def test_no_answer_to_somebody_who_is_signed_in_may_be_stored_or_embedded() -> None:
    world, client = small_world(), Client()
    client.force_login(world.people[ADMIN])
    careless = []
    for url in dict.fromkeys(route.url(world.values) for route in routes()):
        answer = client.get(url)
        if answer.streaming:
            list(answer)  # type: ignore[call-overload]
        client.force_login(world.people[ADMIN])
        stored = "no-store" not in answer.headers.get("Cache-Control", "") and not url.startswith("/callbacks/")
        if stored or answer.headers.get("Cross-Origin-Resource-Policy") != "same-origin":
            careless.append((url, answer.headers.get("Cache-Control")))
    assert careless == []
