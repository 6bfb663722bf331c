"""E-mail that waits for a worker."""

from typing import Any

from django.db import models
from django.utils import timezone

# Stands in a body for a link that the worker makes when it sends the message.
LINK = "[link]"


class Letter(models.Model):
    """One message to send; its row is deleted when it was sent. It never holds a one-time link: backups keep rows."""

    to: Any = models.JSONField(default=list)
    sender = models.CharField(max_length=254, blank=True)
    subject = models.CharField(max_length=300, blank=True)
    body = models.TextField(blank=True)
    # Somebody forgot the password of the account `to`, if there is one: the worker finds out, and writes the message.
    forgotten = models.BooleanField(default=False)
    # Whose link to begin with the worker puts in place of LINK.
    link_for = models.ForeignKey("accounts.User", null=True, on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.subject} to {', '.join(self.to)}"
