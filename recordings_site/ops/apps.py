"""Registers the ops application with its checks, and the settings' secrets with the log redactor."""

from django.apps import AppConfig
from django.conf import settings

from recordings_site.web.logs.redaction import conceal


class OpsConfig(AppConfig):
    """The ops package as a Django application."""

    name = "recordings_site.ops"
    label = "ops"

    def ready(self) -> None:
        """Register the checks; keep the settings' secrets out of the logs."""
        from recordings_site.ops import checks

        passwords = (settings.DATABASES["default"].get("PASSWORD"), settings.EMAIL_HOST_PASSWORD)
        tokens = (settings.METRICS_TOKEN, settings.SNAPSHOT_TOKEN)
        for secret in (*passwords, *settings.CREDENTIALS_KEYS.split(","), checks.secret_key(), *tokens):
            conceal(str(secret or ""))
