"""What the refusals of all vendors come to: for each the error, what happened, and what to do about it."""

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
    "The clock of this machine differs too much from the store's.",
    "Set it from the network (NTP). The credentials may well be right.",
)
EXPIRED = Explanation(AccessDenied, "The credentials have expired.", "Make new ones.")
ARCHIVED = Explanation(
    ObjectArchived,
    "The object is in an archive tier, from which nothing can be read.",
    "Restore it in the store (S3 Glacier: Initiate restore; Azure: change the tier to Hot), which takes minutes to "
    "hours. Let the bucket's lifecycle rules keep recordings out of archive tiers for as long as people play them.",
)
RESTORING = Explanation(
    ObjectArchived,
    "The object is being restored from an archive tier.",
    "Try again later: this takes minutes to hours.",
)
KMS_DISABLED = Explanation(
    StoreMisconfigured,
    "The key that encrypts this bucket (KMS) is disabled, deleted or cannot be found.",
    "Enable the key again, or cancel its deletion, in the vendor's key management. Without it nothing in the bucket "
    "can be read or written.",
)
KMS_DENIED = Explanation(
    AccessDenied,
    "These credentials may not use the key that encrypts this bucket (KMS).",
    "Allow them to use it: kms:Decrypt to read, kms:GenerateDataKey to write (Amazon); the role Cloud KMS CryptoKey "
    "Encrypter/Decrypter for the bucket's service agent (Google); Get, Wrap Key and Unwrap Key for the account's "
    "identity (Azure).",
)
REQUESTER_PAYS = Explanation(
    StoreMisconfigured,
    "The bucket makes whoever asks pay for it (requester pays), and this site does not.",
    "Turn requester pays off for this bucket.",
)
FULL = Explanation(
    StoreMisconfigured, "The store's quota is used up: nothing more can be written.", "Raise the quota, or make room."
)
ACCOUNT_BLOCKED = Explanation(
    AccessDenied, "The store's account is blocked or disabled.", "Ask its owner: an unpaid bill is the usual cause."
)
NO_BUCKET = Explanation(
    StoreMisconfigured, "Bucket not found: {bucket}.", "Check its name, and the endpoint or account."
)
BAD_BUCKET_NAME = Explanation(StoreMisconfigured, "{bucket} cannot be the name of a bucket.", "Check its spelling.")
OTHER_REGION = Explanation(
    StoreMisconfigured,
    "The bucket is in another region than the one entered.",
    "Enter the region that the store's console shows for the bucket.",
)
NOT_FOLLOWED = Explanation(
    StoreMisconfigured,
    "The store redirects to another address, and this site does not follow.",  # it could lead into our own networks
    "Check the endpoint.",
)
BUSY = Explanation(StoreUnavailable, "The store is busy or broken just now.", "Try again in a minute.")
UNREACHABLE = Explanation(StoreUnavailable, "The storage can’t be reached, or the connection was lost.")
UNREADABLE = Explanation(
    StoreMisconfigured,
    "What answers at this address does not speak the store's protocol.",
    "Check the endpoint. A proxy, a login page or a web site may answer in the store's place.",
)
NOT_ALLOWED = Explanation(AccessDenied, "The store does not allow this with these credentials.")
UNSUPPORTED = Explanation(
    StoreMisconfigured,
    "The store does not know a function that this site needs.",
    "Check that the endpoint is that of the store's object API, and that the store is up to date.",
)


def from_message(message: str) -> Explanation | None:
    """What a refusal's text tells where its code tells nothing: vendors put many causes under one code."""
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
