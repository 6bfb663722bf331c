"""Registers the destinations application."""

from django.apps import AppConfig


class DestinationsConfig(AppConfig):
    """The destinations package as a Django application."""

    name = "recordings_site.destinations"
    label = "destinations"
