"""Destinations, as people pick them by typing."""

from recordings_site.destinations.models import Destination
from recordings_site.web.picker import Choices

DESTINATIONS = Choices(name="destinations", noun="destination", rows=lambda user: Destination.objects.all())
DESTINATIONS_IN_USE = Choices(
    name="destinations-in-use", noun="destination", rows=lambda user: Destination.objects.in_use()
)
