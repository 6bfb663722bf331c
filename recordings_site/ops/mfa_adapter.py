"""Seals the secrets of second factors as those of destinations are: who copies the database cannot make codes."""

from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings

from recordings_site.destinations.sealing import Keyring

CONTEXT = "authenticator||secret"


class SealingMFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """django-allauth's second factors with sealed secrets."""

    def encrypt(self, text: str) -> str:
        """Seal a secret before it is kept."""
        return Keyring.parse(settings.CREDENTIALS_KEYS).seal(text, CONTEXT)

    def decrypt(self, encrypted_text: str) -> str:
        """Open a secret that was kept."""
        return Keyring.parse(settings.CREDENTIALS_KEYS).open(encrypted_text, CONTEXT)
