"""Registers the policies application."""

from django.apps import AppConfig


class PoliciesConfig(AppConfig):
    """The policies package as a Django application."""

    name = "recordings_site.policies"
    label = "policies"
