"""Seals the secrets of second factors like those of destinations: a copy of the database makes no codes."""

from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings

from recordings_site.destinations.sealing import Keyring

CONTEXT = "authenticator||secret"


class SealingMFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """django-allauth's second factors with sealed secrets."""

    def encrypt(self, text: str) -> str:
        """Seal a secret."""
        return Keyring.parse(settings.CREDENTIALS_KEYS).seal(text, CONTEXT)

    def decrypt(self, encrypted_text: str) -> str:
        """Open a sealed secret."""
        return Keyring.parse(settings.CREDENTIALS_KEYS).open(encrypted_text, CONTEXT)
