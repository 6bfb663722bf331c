"""Registers the callbacks application."""

from django.apps import AppConfig


class CallbacksConfig(AppConfig):
    """The callbacks package as a Django application."""

    name = "recordings_site.callbacks"
    label = "callbacks"
