"""Registers the simulator application."""

from django.apps import AppConfig


class SimulatorConfig(AppConfig):
    """The simulator package as a Django application."""

    name = "recordings_site.simulator"
    label = "simulator"
