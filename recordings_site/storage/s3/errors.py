"""Turns boto3's errors into ours: Amazon's codes, and those that the stores add which speak its protocol."""

from collections.abc import Mapping

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    HTTPClientError,
    IncompleteReadError,
    NoCredentialsError,
    ParamValidationError,
    ResponseStreamingError,
)
from botocore.exceptions import (
    ConnectionError as NotConnected,
)
from botocore.parsers import ResponseParserError

from recordings_site.storage import explanations
from recordings_site.storage.answers import is_skewed
from recordings_site.storage.errors import (
    AccessDenied,
    ObjectChanged,
    ObjectMissing,
    StoreError,
    StoreMisconfigured,
    StoreUnavailable,
)
from recordings_site.storage.explanations import Explanation

WRONG_STYLE = frozenset(
    {
        "SecondLevelDomainForbidden",  # Alibaba OSS
        "PathStyleDomainForbidden",  # Tencent COS
        "VirtualHostDomainRequired",  # Huawei OBS
        "InvalidPathAccess",  # Volcengine TOS
    }
)
_STYLE = Explanation(
    StoreMisconfigured,
    "This storage service expects the bucket in the host name (virtual-hosted addressing).",
    "Set the destination’s addressing to automatic or virtual-hosted, and enter the endpoint without the bucket.",
)
_UNKNOWN_KEY = Explanation(
    AccessDenied,
    "The storage service doesn’t recognize this access key.",
    "It may have been deleted or disabled, or belong to a different service. Enter a key for this service.",
)
_WRONG_SECRET = Explanation(AccessDenied, "The secret key doesn’t match the access key.", "Enter both again in full.")
_EXPLANATIONS: Mapping[str, Explanation] = {
    **dict.fromkeys(WRONG_STYLE, _STYLE),
    **dict.fromkeys(("InvalidAccessKeyId", "InvalidAccessKey", "KeyNotFound", "NoSuchAccessKey"), _UNKNOWN_KEY),
    "SignatureDoesNotMatch": _WRONG_SECRET,
    **dict.fromkeys(("ExpiredToken", "InvalidToken", "TokenRefreshRequired"), explanations.EXPIRED),
    **dict.fromkeys(("RequestTimeTooSkewed", "RequestExpired"), explanations.CLOCK),
    **dict.fromkeys(
        ("AccountProblem", "AllAccessDisabled", "NotSignedUp", "UserDisable", "UserSuspended", "InvalidPayer"),
        explanations.ACCOUNT_BLOCKED,
    ),
    **dict.fromkeys(
        ("QuotaExceeded", "StorageQuotaExceeded", "ServiceQuotaExceeded", "InsufficientCapacity", "XMinioStorageFull"),
        explanations.FULL,
    ),
    "NoSuchBucket": explanations.NO_BUCKET,
    "InvalidBucketName": explanations.BAD_BUCKET_NAME,
    **dict.fromkeys(
        (
            "PermanentRedirect",
            "TemporaryRedirect",
            "AuthorizationHeaderMalformed",
            "IllegalLocationConstraintException",
            "InvalidRegion",
        ),
        explanations.OTHER_REGION,
    ),
    "InvalidObjectState": explanations.ARCHIVED,
    "RestoreAlreadyInProgress": explanations.RESTORING,
    **dict.fromkeys(
        ("KMS.DisabledException", "KMS.NotFoundException", "KMS.KMSInvalidStateException", "KMS.InvalidStateException"),
        explanations.KMS_DISABLED,
    ),
    "KMS.AccessDeniedException": explanations.KMS_DENIED,
    **dict.fromkeys(
        ("RequesterPays", "RequestPayerRequired", "UserProjectMissing", "UserProjectAccessDenied"),
        explanations.REQUESTER_PAYS,
    ),
    **dict.fromkeys(("NotImplemented", "MethodNotAllowed", "XNotImplemented"), explanations.UNSUPPORTED),
}
_BUSY = {"SlowDown", "InternalError", "ServiceUnavailable", "RequestTimeout", "Throttling", "TooManyRequests"}


def translated(error: Exception, key: str, bucket: str) -> StoreError:
    """Our error for one of boto3's. Where the code is ambiguous, the message and the clocks are used."""
    match error:
        case ClientError():
            return _refused(error, key, bucket)
        case NoCredentialsError():
            return StoreMisconfigured("This machine has no identity for this storage service.", remedy="Enter keys.")
        case ResponseParserError():
            return explanations.UNREADABLE.as_error("")
        case HTTPClientError() | NotConnected() | ResponseStreamingError() | IncompleteReadError():
            return explanations.UNREACHABLE.as_error(type(error).__name__)
        case RecursionError():  # boto3 follows a redirect between regions, also one in a circle
            return explanations.OTHER_REGION.as_error("PermanentRedirect")
        case ParamValidationError() | ValueError():
            return StoreMisconfigured("The bucket, region or object name is invalid.")
        case BotoCoreError():
            return StoreMisconfigured("The storage rejects this region, endpoint and key.")
        case _:
            return explanations.UNREADABLE.as_error("")


def _refused(error: ClientError, key: str, bucket: str) -> StoreError:
    answer = error.response.get("ResponseMetadata", {})
    status = answer.get("HTTPStatusCode", 0)
    code = str(error.response.get("Error", {}).get("Code", ""))
    message = str(error.response.get("Error", {}).get("Message", ""))
    if found := explanations.refused(_EXPLANATIONS, code, bucket=bucket):
        return found
    # boto3 makes a 500 of a list that it cannot read; what a proxy says of a store that is down is 502 to 504.
    if code == "500" and "html" in str(answer.get("HTTPHeaders", {}).get("content-type", "")):
        return explanations.UNREADABLE.as_error(code)
    if code in _BUSY or "Throttling" in code or status in (408, 429) or status >= 500:
        return StoreUnavailable(f"The storage service is temporarily unavailable ({code}).", code=code)
    if status in (412, 416):
        return ObjectChanged(f"{key} was replaced since it was first seen.", code=code)
    if status == 404 and code in ("404", "NoSuchKey", "NoSuchVersion", "NotFound"):
        return ObjectMissing(f"No file at {key}.", code=code)
    if status in (400, 401, 403) and (guess := explanations.from_message(f"{code} {message}")):
        return guess.as_error(code)
    if status in (401, 403):
        # A HEAD response has no body, so only the clocks can tell why.
        skewed = is_skewed(answer.get("HTTPHeaders", {}))
        return (explanations.CLOCK if skewed else explanations.NOT_ALLOWED).as_error(code)
    if status in (301, 307, 400) and code in ("301", "307", "400", "BadRequest"):
        return StoreMisconfigured(
            "The bucket is in a different region from the one you entered, or the key is malformed.", code=code
        )
    return StoreMisconfigured(f"The storage service rejected the request ({code or status}).", code=code)
