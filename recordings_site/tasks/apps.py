"""Registers the tasks application."""

from django.apps import AppConfig


class TasksConfig(AppConfig):
    """The tasks package as a Django application."""

    name = "recordings_site.tasks"
    label = "tasks"
