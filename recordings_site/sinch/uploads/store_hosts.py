"""The host names of the vendors' stores: which bucket an https URL means.

Amazon: "Virtual hosting of buckets" and "Amazon S3 endpoints" in its documentation. Microsoft: "Storage account
overview". Google: "Request endpoints".
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote

# No longer name can be looked up.
_LONGEST_HOST = 253
# Each part can be read in one way only: with two ways, time doubles with each "-".
_AMAZON = re.compile(
    r"(?:(?P<bucket>.+)\.)?s3(?:[.-][a-z0-9-]+(?:\.[a-z0-9-]+)*)?\.(?:amazonaws\.(?:com(?:\.cn)?|eu)|api\.amazonwebservices\.com\.cn)"
)
_AMAZON_PRIVATE = re.compile(r"(?:bucket\.)?vpce-[a-z0-9-]+\.s3\.[a-z0-9-]+\.vpce\.amazonaws\.com(?:\.cn)?")
# The last part before the domain, also joined to the service as in s3-eu-west-1.
_AMAZON_REGION = re.compile(r"[.-]([a-z]{2,3}(?:-[a-z]+)+-\d+)(?:\.vpce)?\.(?:amazonaws|api\.amazonwebservices)\.")
_AZURE = re.compile(
    r"(?P<account>[a-z0-9]+?)(?:-secondary)?(?:\.privatelink)?"
    r"(?:\.(?:blob|dfs)\.core\.(?:windows\.net|chinacloudapi\.cn|usgovcloudapi\.net|cloudapi\.de)"
    r"|\.z\d+\.(?:blob|dfs)\.storage\.azure\.net)"
)
_GOOGLE = re.compile(
    r"(?:(?P<bucket>.+)\.)?(?:storage(?:\.mtls)?\.googleapis\.com|commondatastorage\.googleapis\.com"
    r"|storage\.cloud\.google\.com|storage\.[a-z0-9-]+\.rep\.googleapis\.com)"
)
# Google's JSON interface: the key is one part of the path, encoded.
_GOOGLE_JSON = re.compile(r"(?:(?:download|upload)/)?(?:storage/v1|v0)/b/(?P<bucket>[^/]+)/o/(?P<key>[^/]+)")
_GOOGLE_JSON_HOST = re.compile(r"(?:www|firebasestorage|storage)\.googleapis\.com")


@dataclass(frozen=True, slots=True)
class Place:
    """One interpretation of a place in a store. Only Azure has an `account`.

    `kind` is empty where only a name is known. `endpoint` is the address that was named: "" the vendor's own, None when
    none was named (`s3://bucket/key`).
    """

    kind: str
    account: str
    bucket: str
    key: str
    endpoint: str | None = None


def of_vendor(host: str, path: str) -> Iterator[Place]:
    """The places that an https URL means by the vendors' rules; `host` in lower case, `path` without leading slash.

    Keys are as in the URL. Empty for other hosts and when the bucket is missing.
    """
    if len(host) > _LONGEST_HOST:
        return
    if _AMAZON_PRIVATE.fullmatch(host):
        yield from _by_path("s3", path)
    elif amazon := _AMAZON.fullmatch(host):
        yield from _named("s3", amazon["bucket"], path)
    elif azure := _AZURE.fullmatch(host):
        container, slash, key = path.partition("/")
        # A blob outside any container is in the one named $root.
        yield Place("azure", azure["account"], container if slash else "$root", key if slash else path, "")
    elif (found := _GOOGLE_JSON.fullmatch(path)) and _GOOGLE_JSON_HOST.fullmatch(host):
        yield Place("gs", "", unquote(found["bucket"]), unquote(found["key"]), "")
    elif google := _GOOGLE.fullmatch(host):
        yield from _named("gs", google["bucket"], path)


def amazon_region(host: str) -> str:
    """The region that an address of Amazon's names, as eu-north-1; "" for other hosts, and where it names none."""
    if len(host) > _LONGEST_HOST or not (_AMAZON.fullmatch(host) or _AMAZON_PRIVATE.fullmatch(host)):
        return ""
    found = _AMAZON_REGION.search(host)
    return found[1] if found else ""


def is_of_vendor(host: str) -> bool:
    """Whether it is an address of the vendor's own store, which needs no endpoint to be entered."""
    return len(host) <= _LONGEST_HOST and any(found.fullmatch(host) for found in (_AMAZON, _AZURE, _GOOGLE))


def _named(kind: str, bucket: str | None, path: str) -> Iterator[Place]:
    if bucket is None:
        yield from _by_path(kind, path)
    else:
        yield Place(kind, "", bucket, path, "")


def _by_path(kind: str, path: str) -> Iterator[Place]:
    bucket, slash, key = path.partition("/")
    if bucket and slash:
        yield Place(kind, "", bucket, key, "")
