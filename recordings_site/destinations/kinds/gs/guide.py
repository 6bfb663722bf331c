"""How to get the two sets of credentials at Google."""

from recordings_site.destinations.kinds.base import WHY, Document, Guide


def of(bucket: str) -> Guide:
    """The guide for a bucket."""
    write = _commands(bucket, "sinch-writer", "roles/storage.objectCreator", hmac=True)
    read = _commands(bucket, "recordings-reader", "roles/storage.objectViewer", hmac=False)
    return Guide(
        WHY,
        "An interoperability (HMAC) key of a service account with the Storage Object Creator role. "
        "That role can’t overwrite files, so recordings stay as they were.",
        "A service account’s JSON key or this machine’s own identity, with the Storage Object Viewer role. "
        "Another interoperability key works too, through Google’s S3-style API; the type of key Sinch uses "
        "doesn’t work with Google’s own API.",
        (Document("Write credentials", "gcloud", write), Document("Read credentials", "gcloud", read)),
    )


def _commands(bucket: str, account: str, role: str, *, hmac: bool) -> str:
    email = f"{account}@YOUR-PROJECT.iam.gserviceaccount.com"
    key = (
        f"gcloud storage hmac create {email}"
        if hmac
        else f"gcloud iam service-accounts keys create key.json --iam-account {email}"
    )
    return (
        f"gcloud iam service-accounts create {account}\n"
        f"gcloud storage buckets add-iam-policy-binding gs://{bucket} \\\n"
        f"  --member serviceAccount:{email} --role {role}\n"
        f"{key}"
    )
