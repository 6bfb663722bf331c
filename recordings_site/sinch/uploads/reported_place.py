"""Parses the place named by a notification, in every form used by Sinch, vendors and proxies.

What it returns is compared with what is configured, and never fetched.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile
from urllib.parse import SplitResult, unquote, urlsplit

from ..errors import DestinationUrlError
from .destination_url import SCHEMES, check_text, is_usable_key, parse
from .object_keys import spellings, without_secrets
from .store_hosts import Place, amazon_region, is_of_vendor, of_vendor

__all__ = ["Endpoint", "NamedStore", "Place", "endpoints_of", "is_in", "named_store", "read"]

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]{0,20})://(.*)", re.DOTALL)
_ALIASES = {"s3a": "s3", "s3n": "s3", "gcs": "gs"}
_HADOOP_AZURE = frozenset({"wasb", "wasbs", "abfs", "abfss"})
_ACCOUNT = re.compile(r"[A-Za-z0-9-]{1,63}")


@dataclass(frozen=True, slots=True)
class Endpoint:
    """The endpoint of a configured store that isn't the vendor's own, and the bucket used there."""

    kind: str
    account: str
    bucket: str
    url: str


def read(text: str, endpoints: Iterable[Endpoint] = ()) -> tuple[Place, ...]:
    """All interpretations of a reported place, most likely first; empty if it names no file.

    A URL of an unknown host, such as `https://www.sinch.com/calling/v1/recording/<name>`, and a bare path give a place
    without a kind. Each place has one spelling of the key: the exact one, then the decoded ones.
    """
    text = without_secrets(text)
    try:
        check_text(text)
    except DestinationUrlError:
        return ()
    found = _SCHEME.fullmatch(text)
    if found is None:
        places: Iterable[Place] = [Place("", "", "", text.lstrip("/"))]
    elif found[1].lower() in ("http", "https"):
        places = _of_url(text, endpoints)
    else:
        places = _of_scheme(found[1].lower(), found[2])
    return tuple(dict.fromkeys(_spelled(place for place in places if place.key and not place.key.endswith("/"))))


@dataclass(frozen=True, slots=True)
class NamedStore:
    """The store that a text names, for people: its kind, account, bucket and region, or only a host.

    `folder` is the part of the key that recordings of other days and numbers share, "" or ending in "/".
    """

    kind: str = ""
    account: str = ""
    bucket: str = ""
    folder: str = ""
    host: str = ""
    region: str = ""


def named_store(text: str) -> NamedStore:
    """Read which store a reported place is in by its text alone, whatever is configured; empty for a bare name."""
    place = next(iter(read(text)), None)
    if place is None:
        return NamedStore()
    if not place.kind:
        return NamedStore(host=urlsplit(place.endpoint or "").netloc)
    # Names of calls, dates and numbers have digits; a folder chosen by a person rarely has.
    chosen = takewhile(lambda part: not any(each.isdigit() for each in part), place.key.split("/")[:-1])
    region = amazon_region(urlsplit(without_secrets(text)).hostname or "") if place.endpoint == "" else ""
    return NamedStore(place.kind, place.account, place.bucket, "".join(f"{part}/" for part in chosen), region=region)


def _spelled(places: Iterable[Place]) -> Iterator[Place]:
    for place in places:
        forms = spellings(place.key)
        # A URL is encoded: there the decoded key is the likelier one.
        decoded_first = place.endpoint is not None and len(forms) > 1
        for key in (*forms[1:], forms[0]) if decoded_first else forms:
            yield replace(place, key=key)


def _of_scheme(scheme: str, rest: str) -> Iterator[Place]:
    kind = _ALIASES.get(scheme, scheme)
    if kind in _HADOOP_AZURE:
        container, _, rest = rest.partition("@")
        kind, (host, _, key) = "azure", rest.partition("/")
        rest = f"{host}/{container}/{key}"
    if kind not in SCHEMES:
        return
    # Only the key may hold a percent sign.
    *store, key = rest.split("/", 2 if SCHEMES[kind].has_account else 1)
    rest = "/".join((*map(unquote, store), key))
    host, _, path = rest.partition("/")
    try:
        place = parse(f"{kind}://{rest}")
        yield Place(kind, place.account, place.bucket, place.key)
    except DestinationUrlError:
        pass
    # Some write the store's host in place of the bucket or account.
    yield from (replace(place, endpoint=None) for place in of_vendor(host.lower(), path) if place.kind == kind)


def _of_url(text: str, endpoints: Iterable[Endpoint]) -> Iterator[Place]:
    try:
        parts = urlsplit(text)
        host, _ = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        return
    path = parts.path.lstrip("/")
    known = False
    for endpoint in endpoints:
        for place in _at(endpoint, parts, path):
            known = True
            yield place
    for place in of_vendor(host, path):
        known = True
        yield place
    name = path.rsplit("/", 1)[-1]
    if not known and host and is_usable_key(name):
        yield Place("", "", "", name, f"{parts.scheme}://{host}")


def _at(endpoint: Endpoint, parts: SplitResult, path: str) -> Iterator[Place]:
    """The meaning of a URL if it points to this store: by path, by a bucket in the host, or by its own domain."""
    try:
        here = urlsplit(endpoint.url)
        ports = (here.port or _port(here.scheme), parts.port or _port(parts.scheme))
    except ValueError:
        return
    base = here.path.strip("/")
    if not here.hostname or len(set(ports)) > 1 or (base and not path.startswith(f"{base}/")):
        return
    path = path[len(base) + 1 :] if base else path
    if parts.hostname == f"{endpoint.bucket}.{here.hostname}".lower():
        yield Place(endpoint.kind, endpoint.account, endpoint.bucket, path, endpoint.url)
    if parts.hostname != here.hostname:
        return
    first, _, rest = path.partition("/")
    if SCHEMES[endpoint.kind].has_account:
        if _ACCOUNT.fullmatch(first) and "/" in rest:
            bucket, _, key = rest.partition("/")
            yield Place(endpoint.kind, first, bucket, key, endpoint.url)
        yield Place(endpoint.kind, endpoint.account, first, rest, endpoint.url)
    else:
        yield Place(endpoint.kind, "", first, rest, endpoint.url)


def _port(scheme: str) -> int:
    return 80 if scheme == "http" else 443


def has_endpoint(url: str) -> bool:
    """Whether an entered endpoint differs from the vendor's own."""
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return True
    return bool(url) and not is_of_vendor(host)


def is_in(place: Place, *, kind: str, account: str, bucket: str, endpoint: str) -> bool:
    """Whether a place lies in this bucket of a configured store, whatever the key.

    Case counts only where the store counts it: not in Azure's accounts and containers, not in a host's name.
    """
    if place.kind != kind or not _is_address(place.endpoint, endpoint):
        return False
    if place.endpoint is None and not SCHEMES[kind].has_account:
        return place.bucket == bucket
    return (place.account.lower(), place.bucket.lower()) == (account.lower(), bucket.lower())


def _is_address(named: str | None, endpoint: str) -> bool:
    return named is None or (named == endpoint if has_endpoint(endpoint) else named == "")


def endpoints_of(stores: Sequence[tuple[str, str, str, str]]) -> list[Endpoint]:
    """The entries of (kind, account, bucket, endpoint) whose endpoint isn't the vendor's own."""
    return [Endpoint(*store) for store in stores if has_endpoint(store[3])]
