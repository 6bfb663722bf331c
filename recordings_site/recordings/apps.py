"""Registers the recordings application."""

from django.apps import AppConfig


class RecordingsConfig(AppConfig):
    """The recordings package as a Django application."""

    name = "recordings_site.recordings"
    label = "recordings"
    task_modules = (
        "recordings_site.recordings.inspection",
        "recordings_site.recordings.transcripts",
        "recordings_site.recordings.looking",
        "recordings_site.recordings.actions_saved",
        "recordings_site.recordings.actions_notes",
        "recordings_site.recordings.reconcile",
    )
