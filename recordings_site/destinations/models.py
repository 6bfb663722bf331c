"""Where recordings go: a destination and its two sealed sets of credentials."""

from typing import Any

from django.db import models
from django.utils import timezone

DEFAULT_KEY_TEMPLATE = "{date}/{number}/{call_id}-{recording}.{format}"


class Kind(models.TextChoices):
    """The kinds of store; the value is the scheme of the destination URL."""

    S3 = "s3", "Amazon S3"
    AZURE = "azure", "Azure Blob Storage"
    GS = "gs", "Google Cloud Storage"
    LOCAL = "local", "Local folder"


def kind_choices() -> list[tuple[str, str]]:
    """The kinds as choices; a callable keeps the list out of migrations."""
    return Kind.choices


class ReadMode(models.TextChoices):
    """How we authenticate when we read."""

    KEYS = "keys", "Keys"
    AMBIENT = "ambient", "The machine's own identity"
    SAS = "sas", "Shared access signature"
    SERVICE_ACCOUNT = "service_account", "Service account"
    INTEROPERABILITY = "interoperability", "Interoperability key"


def read_mode_choices() -> list[tuple[str, str]]:
    """The modes as choices."""
    return ReadMode.choices


class Destination(models.Model):
    """A place in an object store. The write set goes to Sinch inside SVAML; the read set is ours alone."""

    Kind = Kind
    ReadMode = ReadMode

    name = models.CharField(max_length=100, unique=True)
    kind = models.CharField(max_length=5, choices=kind_choices)
    # Azure's storage account; empty for the others.
    account = models.CharField(max_length=100, blank=True)
    # The bucket, container, or local folder.
    bucket = models.CharField(max_length=255)
    # Ends in "/" unless empty.
    prefix = models.CharField(max_length=500, blank=True)
    region = models.CharField(max_length=60, blank=True)
    # For S3-compatible stores and test servers; empty means the vendor's own.
    endpoint = models.URLField(max_length=300, blank=True)
    key_template = models.CharField(max_length=300, default=DEFAULT_KEY_TEMPLATE)

    # Sealed (destinations.sealing) with the context "destination|<pk>|<field>"; the fingerprint and the masked tail
    # are what people see of them.
    write_credentials = models.TextField(blank=True)
    write_fingerprint = models.CharField(max_length=20, blank=True)
    write_tail = models.CharField(max_length=20, blank=True)
    read_mode = models.CharField(max_length=20, choices=read_mode_choices, default=ReadMode.KEYS)
    read_credentials = models.TextField(blank=True)
    read_fingerprint = models.CharField(max_length=20, blank=True)
    read_tail = models.CharField(max_length=20, blank=True)

    checked_at = models.DateTimeField(null=True)
    check_result: Any = models.JSONField(default=list)
    failing_since = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=timezone.now)
    archived_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("name",)
        constraints = (
            models.CheckConstraint(condition=models.Q(kind__in=Kind.values), name="destination_kind_known"),
            models.CheckConstraint(
                condition=models.Q(read_mode__in=ReadMode.values), name="destination_read_mode_known"
            ),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def url(self) -> str:
        """The destination URL without an object's name, as Sinch writes it."""
        account = f"{self.account}/" if self.account else ""
        return f"{self.kind}://{account}{self.bucket}/{self.prefix}"
