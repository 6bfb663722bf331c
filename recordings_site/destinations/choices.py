"""Destinations, as people pick them by typing."""

from recordings_site.destinations.models import Destination
from recordings_site.web.picker import Choices

DESTINATIONS = Choices(name="destinations", rows=lambda user: Destination.objects.all())
