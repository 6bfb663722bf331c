"""Amazon S3, and what speaks its protocol."""

from recordings_site.destinations.kinds.base import Guide, ReadMode, StoreKind
from recordings_site.destinations.kinds.pasted_credentials import Pasted
from recordings_site.destinations.kinds.s3 import guide
from recordings_site.destinations.kinds.s3.pasted_credentials import take_apart
from recordings_site.destinations.steps import BAD, OK, SKIPPED, CheckStep
from recordings_site.storage import StoreFacts


class S3(StoreKind):
    """A bucket in a region, which Sinch needs too; each set is an access key with its secret."""

    name = "s3"
    label = "Amazon S3"
    place_fields = ("region", "endpoint", "addressing")
    read_modes = (ReadMode.KEYS, ReadMode.AMBIENT)
    write_remedy = "The key needs s3:PutObject in the folder. The guide on this page has a policy you can paste."

    def write_pasted(self, key: str, secret: str, *, account: str, bucket: str) -> Pasted:
        """The two halves, from any of Amazon's forms."""
        return take_apart(key, secret)

    def write_set(self, key: str, secret: str, region: str) -> str:
        """The region travels to Sinch in the set."""
        return f"{key}:{secret}:{region}" if region else ""

    def moved(self, write_set: str, region: str) -> str:
        """With the new region."""
        key, secret, _ = write_set.split(":")
        return f"{key}:{secret}:{region}"

    def read_set(self, mode: str, key: str, secret: str) -> str:
        """AccessKey:SecretKey; the place has the region."""
        return f"{key}:{secret}"

    def guide(self, *, bucket: str = "", prefix: str = "", account: str = "") -> Guide:
        """Two policies of IAM."""
        return guide.of(bucket or "YOUR-BUCKET", prefix)

    def read_remedy(self, what: str) -> str:
        """The rights by IAM's names."""
        return f"Allow the read credentials to {what}: s3:ListBucket on the bucket, s3:GetObject in it."

    def check_place(self, region: str, facts: StoreFacts | None, *, own_endpoint: bool = False) -> CheckStep:
        """What counts is the region that the store takes a signature for: Sinch signs for the one entered.

        Amazon names its regions; other stores answer what they like ("us-east-1", "default", "WEUR"), and mean nothing.
        """
        if facts is None:
            return CheckStep("place", SKIPPED, "These credentials can’t read the bucket’s region.")
        wanted = facts.signed_region if facts.signed_region not in ("", region) else ""
        if not wanted and not own_endpoint and facts.location not in (None, region):
            wanted = str(facts.location)
        if wanted:
            return CheckStep(
                "place",
                BAD,
                f"The bucket is in {wanted}, not in {region or 'the region entered'}. Uploads will be rejected.",
                f"Change the region to {wanted}.",
            )
        if facts.location == region:
            return CheckStep("place", OK, f"The bucket is in {region}, as entered.")
        if not facts.signed_region and facts.location is None:
            return CheckStep("place", SKIPPED, "These credentials can’t read the bucket’s region.")
        known = f" The storage service reports the region as {facts.location}." if facts.location else ""
        return CheckStep("place", OK, f"The storage service accepts {region} as the region.{known}")


KIND = S3()
