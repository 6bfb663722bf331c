"""Destinations and the policies that record to them: a failing one marks them, and none is put away under them."""

import pytest
from django.test import Client
from django.utils import timezone

from recordings_site.destinations.models import Destination
from tests import factories

pytestmark = pytest.mark.django_db


def test_the_list_of_policies_marks_those_whose_destination_fails(client: Client) -> None:
    destination = factories.destination()
    how = {"destination": destination.pk, "transcription": False}
    factories.policy({"otherwise_record": True, "route": factories.CONNECT, "how": how}, name="Support")
    client.force_login(factories.admin())
    assert "Destination failing" not in client.get("/policies/").content.decode()
    Destination.objects.update(failing_since=timezone.now())
    assert "Destination failing" in client.get("/policies/").content.decode()


@pytest.mark.parametrize("used_by", ["policy", "number"])
def test_a_destination_that_is_recorded_to_is_not_put_away(client: Client, used_by: str) -> None:
    destination = factories.destination(name="In use")
    if used_by == "policy":
        how = {"destination": destination.pk, "transcription": False}
        factories.policy({"otherwise_record": True, "route": factories.CONNECT, "how": how}, name="Support")
    else:
        factories.number(destination=destination, label="Support")
    client.force_login(factories.admin())
    page = client.post(f"/destinations/{destination.pk}/archive/", follow=True).content.decode()
    assert "In use is still used by" in page
    assert "Support" in page
    destination.refresh_from_db()
    assert destination.archived_at is None
