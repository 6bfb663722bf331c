"""E-mail that waits for a worker."""

from typing import Any

from django.db import models
from django.utils import timezone


class Letter(models.Model):
    """One message to send; its row is deleted when it was sent, for it may hold a one-time link."""

    to: Any = models.JSONField(default=list)
    sender = models.CharField(max_length=254, blank=True)
    subject = models.CharField(max_length=300, blank=True)
    body = models.TextField(blank=True)
    # Somebody forgot the password of the account `to`, if there is one: the worker finds out, and writes the message.
    forgotten = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.subject} to {', '.join(self.to)}"
