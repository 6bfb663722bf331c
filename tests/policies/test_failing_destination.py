"""A destination that fails its check marks the policies that record to it."""

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
    assert "Destination fails" not in client.get("/policies/").content.decode()
    Destination.objects.update(failing_since=timezone.now())
    assert "Destination fails" in client.get("/policies/").content.decode()
