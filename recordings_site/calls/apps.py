"""Registers the calls application."""

from django.apps import AppConfig


class CallsConfig(AppConfig):
    """The calls package as a Django application."""

    name = "recordings_site.calls"
    label = "calls"
