"""Destinations, as people pick them by typing."""

from recordings_site.accounts.picking.choices import Choices
from recordings_site.destinations.models import Destination

DESTINATIONS = Choices(name="destinations", noun="destination", rows=lambda user: Destination.objects.all())
DESTINATIONS_IN_USE = Choices(
    name="destinations-in-use", noun="destination", rows=lambda user: Destination.objects.in_use()
)
