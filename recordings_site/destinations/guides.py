"""Explains the two sets of credentials for each kind of store, with the policy documents to paste."""

import json
from dataclasses import dataclass
from typing import Any

from recordings_site.destinations.models import Kind


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
    "Sinch only ever writes, and its credentials leave this site inside the answer to each recorded call; "
    "we only ever read. Two sets keep what travels from being able to read what was recorded."
)


def guide(kind: str, *, bucket: str = "", prefix: str = "", account: str = "") -> Guide:
    """The guide for a kind of store, with the names filled in as far as they are known."""
    bucket = bucket or "YOUR-BUCKET"
    match kind:
        case Kind.S3:
            return Guide(
                WHY,
                "An access key of an IAM user that may only put objects (s3:PutObject) below the prefix. "
                "Sinch receives it as AccessKey:SecretKey:Region.",
                "Another access key, or the role of this machine, that may list the bucket (s3:ListBucket) and read "
                "objects (s3:GetObject); s3:GetBucketLocation, GetBucketVersioning, GetLifecycleConfiguration and "
                "GetBucketObjectLockConfiguration let the check tell more.",
                (
                    Document(
                        "Write set", "IAM user for Sinch → Add inline policy → JSON", _json(_s3_write(bucket, prefix))
                    ),
                    Document("Read set", "IAM user or role of this site → JSON", _json(_s3_read(bucket, prefix))),
                ),
            )
        case Kind.AZURE:
            account = account or "YOURACCOUNT"
            return Guide(
                WHY,
                "One of the storage account's two access keys. An account key is full control over everything in the "
                "account, and Sinch takes nothing less: give the recordings a storage account of their own, restrict "
                "nothing else to it, and replace the keys in turn (key1, key2) on a schedule.",
                "Best a shared access signature (SAS) of the container with the rights Read and List, or the machine's "
                "managed identity with the role Storage Blob Data Reader. The account key works too.",
                (
                    Document("Read set as SAS", "Azure CLI", _azure_sas(account, bucket)),
                    Document("Read set as managed identity", "Azure CLI", _azure_role(account, bucket)),
                ),
            )
        case Kind.GS:
            return Guide(
                WHY,
                "An interoperability (HMAC) key of a service account with the role Storage Object Creator on it. "
                "That role cannot overwrite either, so what is recorded stays as it was.",
                "A service account's JSON key or this machine's own identity, with the role Storage Object Viewer. "
                "Another interoperability key works too, through Google's S3-style API; Sinch's kind of key cannot be "
                "used with Google's own API.",
                (
                    Document(
                        "Write set", "gcloud", _gs(bucket, "sinch-writer", "roles/storage.objectCreator", hmac=True)
                    ),
                    Document(
                        "Read set", "gcloud", _gs(bucket, "recordings-reader", "roles/storage.objectViewer", hmac=False)
                    ),
                ),
            )
        case _:
            return Guide(
                "A folder of this machine, for the demo and for tests: Sinch itself cannot write here.",
                "A random token stands in for the credentials.",
                "None is needed.",
            )


def _json(policy: Any) -> str:
    return json.dumps(policy, indent=2)


def _s3_write(bucket: str, prefix: str) -> dict[str, Any]:
    statement = {
        "Sid": "SinchWritesRecordings",
        "Effect": "Allow",
        "Action": "s3:PutObject",
        "Resource": f"arn:aws:s3:::{bucket}/{prefix}*",
    }
    return {"Version": "2012-10-17", "Statement": [statement]}


def _s3_read(bucket: str, prefix: str) -> dict[str, Any]:
    about = ["s3:GetBucketLocation", "s3:GetBucketVersioning", "s3:GetLifecycleConfiguration"]
    of_bucket = {
        "Sid": "ListRecordings",
        "Effect": "Allow",
        "Action": ["s3:ListBucket", *about, "s3:GetBucketObjectLockConfiguration"],
        "Resource": f"arn:aws:s3:::{bucket}",
    }
    of_objects = {
        "Sid": "ReadRecordings",
        "Effect": "Allow",
        "Action": "s3:GetObject",
        "Resource": f"arn:aws:s3:::{bucket}/{prefix}*",
    }
    return {"Version": "2012-10-17", "Statement": [of_bucket, of_objects]}


def _azure_sas(account: str, container: str) -> str:
    return (
        f"az storage container generate-sas --account-name {account} --name {container} \\\n"
        "  --permissions rl --https-only --expiry 2027-12-31 --auth-mode key --output tsv"
    )


def _azure_role(account: str, container: str) -> str:
    return (
        "az role assignment create --role 'Storage Blob Data Reader' --assignee IDENTITY \\\n"
        "  --scope /subscriptions/SUBSCRIPTION/resourceGroups/GROUP/providers/Microsoft.Storage"
        f"/storageAccounts/{account}/blobServices/default/containers/{container}"
    )


def _gs(bucket: str, account: str, role: str, *, hmac: bool) -> str:
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
