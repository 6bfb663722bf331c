"""The refusals of all vendors: for each the error, what happened, and what to do about it."""

from collections.abc import Mapping
from dataclasses import dataclass

from recordings_site.storage.errors import (
    AccessDenied,
    ObjectArchived,
    StoreError,
    StoreMisconfigured,
    StoreUnavailable,
)


@dataclass(frozen=True, slots=True)
class Explanation:
    """What a refusal means; `{bucket}` in its text is the bucket's or container's name."""

    error: type[StoreError]
    text: str
    remedy: str = ""

    def as_error(self, code: str, *, bucket: str = "") -> StoreError:
        """The error to raise for the store's code."""
        return self.error(self.text.format(bucket=bucket), code=code, remedy=self.remedy)


CLOCK = Explanation(
    AccessDenied,
    "This machine’s clock differs too much from the storage service’s.",
    "Synchronize this machine’s clock (NTP). The credentials may be fine.",
)
EXPIRED = Explanation(AccessDenied, "The credentials have expired.", "Create new ones.")
ARCHIVED = Explanation(
    ObjectArchived,
    "The file is in an archive tier and can’t be read from there.",
    "Restore it in the storage console (S3 Glacier: Initiate restore; Azure: change the tier to Hot). This takes "
    "minutes to hours. Use lifecycle rules that keep recordings out of archive tiers while people still play them.",
)
RESTORING = Explanation(
    ObjectArchived,
    "The file is being restored from an archive tier.",
    "Try again later. Restoring takes minutes to hours.",
)
KMS_DISABLED = Explanation(
    StoreMisconfigured,
    "The key that encrypts this bucket (KMS) is disabled, deleted or missing.",
    "Enable the key or cancel its deletion in your cloud provider’s key management. Without it, nothing in the bucket "
    "can be read or written.",
)
KMS_DENIED = Explanation(
    AccessDenied,
    "These credentials aren’t allowed to use the key that encrypts this bucket (KMS).",
    "Grant access: kms:Decrypt to read, kms:GenerateDataKey to write (Amazon); the Cloud KMS CryptoKey "
    "Encrypter/Decrypter role for the bucket’s service agent (Google); Get, Wrap Key and Unwrap Key for the account’s "
    "identity (Azure).",
)
REQUESTER_PAYS = Explanation(
    StoreMisconfigured,
    "The bucket has “requester pays” turned on, which this site doesn’t support.",
    "Turn off “requester pays” for this bucket.",
)
FULL = Explanation(
    StoreMisconfigured, "The storage quota is used up, so nothing can be written.", "Raise the quota or free up space."
)
ACCOUNT_BLOCKED = Explanation(
    AccessDenied, "The storage account is blocked or disabled.", "Ask its owner. The usual cause is an unpaid bill."
)
NO_BUCKET = Explanation(
    StoreMisconfigured, "Bucket not found: {bucket}.", "Check the name and the endpoint or account."
)
BAD_BUCKET_NAME = Explanation(StoreMisconfigured, "{bucket} isn’t a valid bucket name.", "Check the spelling.")
OTHER_REGION = Explanation(
    StoreMisconfigured,
    "The bucket is in a different region from the one you entered.",
    "Enter the region that the storage console shows for the bucket.",
)
NOT_FOLLOWED = Explanation(
    StoreMisconfigured,
    # A redirect could lead into our own networks.
    "The storage service redirects to another address. This site doesn’t follow redirects.",
    "Check the endpoint.",
)
BUSY = Explanation(StoreUnavailable, "The storage service is temporarily unavailable.", "Try again in a minute.")
UNREACHABLE = Explanation(StoreUnavailable, "The storage can’t be reached, or the connection was lost.")
UNREADABLE = Explanation(
    StoreMisconfigured,
    "This address answers, but not as a storage service.",
    "Check the endpoint. A proxy, a sign-in page or a website may be answering instead.",
)
NOT_ALLOWED = Explanation(AccessDenied, "These credentials don’t allow this.")
UNSUPPORTED = Explanation(
    StoreMisconfigured,
    "The storage service doesn’t support a feature this site needs.",
    "Check that the endpoint is the object API and that the storage software is up to date.",
)


def from_message(message: str) -> Explanation | None:
    """The explanation found in a refusal's text when its code is ambiguous: vendors use one code for many causes."""
    said = message.lower()
    if "kms" in said or "encryption key" in said or "key vault" in said:
        disabled = any(word in said for word in ("disabled", "destroyed", "pending", "not found", "not exist", "state"))
        return KMS_DISABLED if disabled else KMS_DENIED
    if "requester" in said and "pay" in said:
        return REQUESTER_PAYS
    if any(word in said for word in ("skew", "not yet", "too old", "in the future", "reasonable timeframe")):
        return CLOCK
    return None


def refused(explanations: Mapping[str, Explanation], code: str, *, bucket: str) -> StoreError | None:
    """The error for a code that `explanations` has."""
    found = explanations.get(code)
    return found.as_error(code, bucket=bucket) if found else None
