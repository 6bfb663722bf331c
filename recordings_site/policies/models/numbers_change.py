"""Changes of many numbers at once: what each number had before, so that a change can be shown and undone."""

from typing import Any

from django.db import models
from django.utils import timezone

from recordings_site.accounts.models import User


class NumbersChange(models.Model):
    """One change of many numbers, by a form or by a file.

    `rows` maps the id of each number that was changed to its columns as `{column: [before, after]}`; `archived` stands
    there as a column, so a number that was added went from archived to not. `held` are rows alike that wait for a
    second admin.
    """

    made_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    words = models.CharField(max_length=300)
    rows: Any = models.JSONField(default=dict)
    held: Any = models.JSONField(default=dict)
    undone_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return self.words
