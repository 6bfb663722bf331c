"""Where recordings go: a destination and its two sealed sets of credentials."""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone

from recordings_site.base.addresses import is_allowed
from recordings_site.destinations.kinds import KINDS
from recordings_site.destinations.kinds.base import Guide, ReadMode, StoreKind
from recordings_site.destinations.sealing import Keyring
from recordings_site.destinations.store_facts import ADDRESSING
from recordings_site.storage import Location, Store, StoreMisconfigured, open_store
from recordings_site.web.logs.redaction import conceal

DEFAULT_KEY_TEMPLATE = "{date}/{number}/{call_id}-{recording}.{format}"


def kind_choices() -> list[tuple[str, str]]:
    """The kinds as choices; a callable keeps the list out of migrations."""
    return [(kind.name, kind.label) for kind in KINDS.values()]


def offered_kinds() -> list[StoreKind]:
    """The kinds that can be made here: into a folder of this machine only the simulator of the demo writes."""
    return [kind for kind in KINDS.values() if settings.DEMO or not kind.demo_only]


def read_mode_choices() -> list[tuple[str, str]]:
    """The modes as choices."""
    return ReadMode.choices


def addressing_choices() -> list[tuple[str, str]]:
    """The styles as choices."""
    return [("", "Automatic"), *ADDRESSING.items()]


class DestinationQuerySet(models.QuerySet["Destination"]):
    """Named reads of destinations."""

    def in_use(self) -> "DestinationQuerySet":
        """Those that were not put away."""
        return self.filter(archived_at=None)

    def named(self, name: str) -> "DestinationQuerySet":
        """The one of this name."""
        return self.filter(name=name)

    def for_the_demo(self) -> "DestinationQuerySet":
        """Those in use that Sinch cannot write to."""
        return self.in_use().filter(kind__in=[kind.name for kind in KINDS.values() if kind.demo_only])

    def failing(self) -> "DestinationQuerySet":
        """Those in use whose last check found something that breaks recording or playing."""
        return self.in_use().filter(failing_since__isnull=False)

    def at(self, kind: str, account: str, bucket: str) -> "DestinationQuerySet":
        """Those that lie in this bucket, the longest prefix first."""
        here = self.filter(kind=kind, account=account, bucket=bucket)
        return here.order_by(models.functions.Length("prefix").desc(), "archived_at", "pk")


class Destination(models.Model):
    """A place in an object store. The write set goes to Sinch inside SVAML; the read set is ours alone."""

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
    # Whether S3 has the bucket in the path or in the host name; empty: as the check found out (learnt).
    addressing = models.CharField(max_length=10, choices=addressing_choices, blank=True)
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
    # What the last check found out about the store (destinations.learnt).
    learnt: Any = models.JSONField(default=dict)
    failing_since = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=timezone.now)
    archived_at = models.DateTimeField(null=True)

    objects = DestinationQuerySet.as_manager()

    class Meta:
        ordering = ("name",)
        constraints = (
            models.CheckConstraint(condition=models.Q(kind__in=[*KINDS]), name="destination_kind_known"),
            models.CheckConstraint(
                condition=models.Q(read_mode__in=ReadMode.values), name="destination_read_mode_known"
            ),
            models.CheckConstraint(
                condition=models.Q(addressing__in=["", *ADDRESSING]), name="destination_addressing_known"
            ),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def url(self) -> str:
        """The destination URL without an object's name, as Sinch writes it."""
        account = f"{self.account}/" if self.account else ""
        return f"{self.kind}://{account}{self.bucket}/{self.prefix}"

    def context(self, field: str) -> str:
        """What a secret of this row is bound to."""
        return f"destination|{self.pk}|{field}"

    def decrypted(self, field: str) -> str:
        """The plaintext of `write_credentials` or `read_credentials`, "" when unset; SealingError if it won't open."""
        sealed: str = getattr(self, field)
        secret = Keyring.parse(settings.CREDENTIALS_KEYS).open(sealed, self.context(field)) if sealed else ""
        conceal(secret)
        return secret

    @property
    def store_kind(self) -> StoreKind:
        """What is peculiar to its kind of store."""
        return KINDS[self.kind]

    @property
    def guide(self) -> Guide:
        """How to get its two sets of credentials."""
        return self.store_kind.guide(bucket=self.bucket, prefix=self.prefix, account=self.account)

    @property
    def location(self) -> Location:
        """Where it lies, for the storage port, in the addressing that was chosen or that a check found out."""
        style = self.addressing or self.learnt.get("addressing", "")
        return self._location(style if "addressing" in self.store_kind.place_fields else "")

    def _location(self, addressing: str) -> Location:
        endpoint = self.store_kind.endpoint(self.endpoint)
        entered = bool(self.endpoint) and not is_allowed(self.endpoint, allowed=settings.ADDRESSES_ALLOWED)
        return Location(self.kind, self.account, self.bucket, self.region, endpoint, addressing, public_only=entered)

    def read_store(self, *, anew: bool = False) -> Store:
        """The store seen with the read set, ours; kept between calls. Raises StoreError or SealingError.

        `anew`: without what was learnt of it, and the caller's to close.
        """
        if self.read_mode != ReadMode.AMBIENT:
            return self._open(self.decrypted("read_credentials"), anew=anew)
        shown = self.endpoint and self.store_kind.shows_token
        if shown and not is_allowed(self.endpoint, allowed=settings.ADDRESSES_ALLOWED):
            raise StoreMisconfigured(
                f"The machine’s identity isn’t sent to {self.endpoint}.", remedy="Enter keys for this endpoint."
            )
        return self._open(None, anew=anew)

    def write_store(self, *, anew: bool = False) -> Store:
        """The store seen with the write set, as Sinch sees it."""
        return self._open(self.decrypted("write_credentials"), anew=anew)

    def _open(self, credentials: str | None, *, anew: bool) -> Store:
        location = self._location(self.addressing) if anew else self.location
        return open_store(location, credentials, anew=anew)
