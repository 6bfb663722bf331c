"""Registers the ops application."""

from django.apps import AppConfig


class OpsConfig(AppConfig):
    """The ops package as a Django application."""

    name = "recordings_site.ops"
    label = "ops"
