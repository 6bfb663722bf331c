"""Registers the recordings application."""

from django.apps import AppConfig


class RecordingsConfig(AppConfig):
    """The recordings package as a Django application."""

    name = "recordings_site.recordings"
    label = "recordings"
