"""The grant with which the site asks a single sign-on provider whether a user still has access."""

from django.db import models

from recordings_site.accounts.models.people import User


class ProviderGrant(models.Model):
    """The provider's tokens of a person's last sign-in, sealed; `uid` is the provider's name for the person."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="+")
    uid = models.CharField(max_length=191)
    access_token = models.TextField(blank=True)
    refresh_token = models.TextField(blank=True)
    checked_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.uid
