"""Failed attempts to sign in or confirm, counted by account and by address."""

from django.db import models
from django.utils import timezone


class GuessCount(models.Model):
    """Failures under one key (see `accounts.sign_in.guessing`): how many, and when the last one was."""

    key = models.CharField(max_length=120, primary_key=True)
    failures = models.PositiveIntegerField(default=0)
    last_at = models.DateTimeField(default=timezone.now, db_index=True)

    def __str__(self) -> str:
        return f"{self.key}: {self.failures}"
