"""Registers the recordings application."""

from django.apps import AppConfig


class RecordingsConfig(AppConfig):
    """The recordings package as a Django application."""

    name = "recordings_site.recordings"
    label = "recordings"
    task_modules = (
        "recordings_site.recordings.ingest.inspect",
        "recordings_site.recordings.ingest.transcripts",
        "recordings_site.recordings.ingest.overdue",
        "recordings_site.recordings.ingest.elsewhere",
        "recordings_site.recordings.saved.actions",
        "recordings_site.recordings.annotations.actions",
        "recordings_site.recordings.reconcile.walk",
        "recordings_site.recordings.completeness.actions",
    )
