"""How to get the two sets of credentials at Amazon."""

import json
from typing import Any

from recordings_site.destinations.kinds.base import WHY, Document, Guide


def of(bucket: str, prefix: str) -> Guide:
    """The guide for a bucket and the folder in it."""
    return Guide(
        WHY,
        "An access key for an IAM user that can only write objects (s3:PutObject) to the folder. "
        "Sinch receives it as AccessKey:SecretKey:Region.",
        "Another access key, or this machine’s role, with permission to list the bucket "
        "(s3:ListBucket) and read objects (s3:GetObject). "
        "With s3:GetBucketLocation, GetBucketVersioning, GetLifecycleConfiguration and "
        "GetBucketObjectLockConfiguration, the check can report more.",
        (
            Document(
                "Write credentials", "IAM user for Sinch → Add inline policy → JSON", _policy(_write(bucket, prefix))
            ),
            Document("Read credentials", "IAM user or role of this site → JSON", _policy(*_read(bucket, prefix))),
        ),
    )


def _policy(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": statements}, indent=2)


def _write(bucket: str, prefix: str) -> dict[str, Any]:
    return {
        "Sid": "SinchWritesRecordings",
        "Effect": "Allow",
        "Action": "s3:PutObject",
        "Resource": f"arn:aws:s3:::{bucket}/{prefix}*",
    }


def _read(bucket: str, prefix: str) -> tuple[dict[str, Any], dict[str, Any]]:
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
    return of_bucket, of_objects
