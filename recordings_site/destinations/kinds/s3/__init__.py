"""Amazon S3, and what speaks its protocol."""

from recordings_site.destinations.kinds.base import Guide, ReadMode, StoreKind
from recordings_site.destinations.kinds.s3 import guide
from recordings_site.destinations.steps import BAD, OK, SKIPPED, CheckStep
from recordings_site.storage.port import StoreFacts


class S3(StoreKind):
    """A bucket in a region, which Sinch needs too; each set is an access key with its secret."""

    name = "s3"
    label = "Amazon S3"
    place_fields = ("region", "endpoint")
    read_modes = (ReadMode.KEYS, ReadMode.AMBIENT)
    write_remedy = "The key needs s3:PutObject below the prefix; the guide on this page has the policy to paste."

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
        return f"The read set must be allowed to {what}: s3:ListBucket for the bucket, s3:GetObject below."

    def check_place(self, region: str, facts: StoreFacts | None) -> CheckStep:
        """A wrong region heals itself for us; Sinch would be refused."""
        if facts is None or facts.location is None:
            return CheckStep("place", SKIPPED, "The store does not tell these credentials where the bucket lies.")
        if facts.location != region:
            return CheckStep(
                "place",
                BAD,
                f"The bucket lies in {facts.location}, not in {region or 'the region entered'}: Sinch is refused.",
                f"Change the region to {facts.location}.",
            )
        return CheckStep("place", OK, f"The bucket lies in {facts.location}, as entered.")


KIND = S3()
