"""Registers the accounts application."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """The accounts package as a Django application."""

    name = "recordings_site.accounts"
    label = "accounts"
