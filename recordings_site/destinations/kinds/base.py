"""What a kind of store says of itself: its fields, its guide, its credentials, and what its check has to know."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms
from django.db import models

from recordings_site.destinations.kinds.pasted_credentials import Pasted
from recordings_site.destinations.steps import OK, CheckStep
from recordings_site.storage import StoreFacts


class SecretArea(forms.Textarea):
    """Lines for a secret, which a page never gives back."""

    def format_value(self, value: Any) -> str:
        """Nothing: it is entered again."""
        return ""


class ReadMode(models.TextChoices):
    """How we authenticate when we read."""

    KEYS = "keys", "Keys"
    AMBIENT = "ambient", "The machine’s own identity"
    SAS = "sas", "Shared access signature"
    SERVICE_ACCOUNT = "service_account", "Service account"
    INTEROPERABILITY = "interoperability", "Interoperability key"


@dataclass(frozen=True, slots=True)
class Document:
    """A text to paste somewhere."""

    title: str
    where: str
    text: str


@dataclass(frozen=True, slots=True)
class Guide:
    """Why there are two sets, what rights each needs, and the documents that give just those."""

    why: str
    write: str
    read: str
    documents: tuple[Document, ...] = ()


WHY = (
    "Sinch only writes, and its credentials are sent out with each recorded call. This site only reads. "
    "With two sets, the credentials that leave this site can’t be used to listen to recordings."
)


class StoreKind(ABC):
    """A kind of store. The grammar of its URLs and credentials is Sinch's (sinch.destination_url, sinch.credentials),
    the adapter that speaks with it is in storage; both know it by the same name, the scheme of its URLs.
    """

    name: ClassVar[str]
    label: ClassVar[str]
    bucket_label: ClassVar[str] = "Bucket"
    # Of account, region, endpoint and addressing those that a place of this kind has.
    place_fields: ClassVar[tuple[str, ...]]
    # The first is the one suggested.
    read_modes: ClassVar[tuple[ReadMode, ...]]
    # Whether people enter credentials.
    has_credentials: ClassVar[bool] = True
    # Whether it is for the demo and for tests alone: Sinch cannot write there.
    demo_only: ClassVar[bool] = False
    # Whether a proxy can fetch from it by a signed URL.
    signs_urls: ClassVar[bool] = True
    # Whether the machine's own identity is shown as a token, which whoever has it can use anywhere.
    shows_token: ClassVar[bool] = False
    # Why it cannot be checked that the write set may only write; empty when it can.
    rights_unknown: ClassVar[str] = ""
    write_remedy: ClassVar[str]

    def endpoint(self, entered: str) -> str:
        """The address for the adapter, given the one that was entered."""
        return entered

    def fit(self, fields: dict[str, forms.Field]) -> None:  # noqa: B027 - most are as they are
        """Name the fields of the credentials form as this kind does, and remove those that it has not."""

    def write_pasted(self, key: str, secret: str, *, account: str, bucket: str) -> Pasted:
        """The write set in what was entered, taken apart. Raises CredentialsError with what to do."""
        return Pasted(key, secret)

    def read_pasted(self, mode: str, key: str, secret: str, *, account: str, bucket: str) -> Pasted:
        """The read set in what was entered, taken apart. Raises CredentialsError with what to do."""
        return self.write_pasted(key, secret, account=account, bucket=bucket)

    @abstractmethod
    def write_set(self, key: str, secret: str, region: str) -> str:
        """The credentials as Sinch takes them; empty while something else has to be entered first."""

    def moved(self, write_set: str, region: str) -> str:
        """The write set after the place got another region."""
        return write_set

    def read_set(self, mode: str, key: str, secret: str) -> str:
        """The credentials as the adapter takes them."""
        return secret

    def read_problem(self, mode: str, text: str) -> str:
        """What is wrong with a read set, as far as its looks tell; empty when nothing is."""
        return ""

    @abstractmethod
    def guide(self, *, bucket: str = "", prefix: str = "", account: str = "") -> Guide:
        """How to get the two sets, with the names filled in as far as they are known."""

    @abstractmethod
    def read_remedy(self, what: str) -> str:
        """What to do when the read set may not do something ("read objects")."""

    def probe_mark(self, pk: int) -> str:
        """What tells the test object of this destination from another one's.

        One name for all checks, so that a store whose sets may not delete keeps one small object, not one a night.
        """
        return str(pk)

    def excess(self, can: Sequence[str]) -> tuple[str, str]:
        """Text and remedy for a write set that can do these things, too ("read", "list")."""
        return (
            f"The write credentials, which are sent to Sinch with each call, can also {' and '.join(can)}.",
            "Give Sinch a key that can only write objects. The guide on this page has a policy you can paste.",
        )

    def check_place(self, region: str, facts: StoreFacts | None, *, own_endpoint: bool = False) -> CheckStep:
        """Compare the region that was entered with what the store says; `own_endpoint`: not at the vendor's."""
        text = (
            f"The bucket is in {facts.location}."
            if facts and facts.location
            else "Not relevant for this kind of storage."
        )
        return CheckStep("place", OK, text)
