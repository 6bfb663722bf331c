"""Makes boto3's clients, and finds out whether a store wants the bucket in the path or in the host name."""

import ipaddress
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import boto3
from botocore.config import Config

from recordings_site.storage.errors import AccessDenied, ObjectMissing, StoreError, StoreUnavailable
from recordings_site.storage.port import CONNECT_TIMEOUT, READ_TIMEOUT, RETRIES
from recordings_site.storage.s3.errors import WRONG_STYLE

POOL = 512
"""Connections that may be kept: each listener holds one."""
AUTOMATIC, PATH, VIRTUAL = "", "path", "virtual"


@dataclass(frozen=True, slots=True)
class Access:
    """With what and where a bucket is asked for; without a key, with the identity that boto3 finds on the machine."""

    bucket: str
    region: str
    endpoint: str = ""
    key: str | None = None
    secret: str | None = field(default=None, repr=False)
    addressing: str = AUTOMATIC

    def client(self, style: str) -> Any:
        """A client that addresses the bucket in this style; "auto" leaves it to boto3."""
        return boto3.session.Session().client(
            "s3",
            endpoint_url=self.endpoint or None,
            region_name=self.region or None,
            aws_access_key_id=self.key,
            aws_secret_access_key=self.secret,
            config=Config(
                signature_version="s3v4",
                connect_timeout=CONNECT_TIMEOUT,
                read_timeout=READ_TIMEOUT,
                retries={"total_max_attempts": 1 + RETRIES, "mode": "standard"},
                max_pool_connections=POOL,
                s3={"addressing_style": style},
                # Else boto3 adds checksums that Google and other stores refuse.
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
            ),
        )

    @property
    def first_style(self) -> str:
        """The initial style. Amazon expects the host name, most others the path."""
        if self.addressing != AUTOMATIC:
            return self.addressing
        return PATH if self.endpoint or "." in self.bucket else VIRTUAL

    @property
    def is_open(self) -> bool:
        """Whether the store has to be asked which style it expects."""
        return self.addressing == AUTOMATIC and bool(self.endpoint) and not _is_address(self.endpoint)


class Client:
    """boto3's client for a bucket, in the style that was chosen or that the store turned out to want."""

    def __init__(self, access: Access, ask: Callable[[Any], None]) -> None:
        """`ask(client)` lists the bucket's first object; it raises StoreError, with the store's code."""
        self.style = access.first_style
        self._access, self._ask = access, ask
        self._client = access.client(self.style)
        self._open = access.is_open
        self._lock = threading.Lock()
        # The region that the last request was signed for: boto3 goes to another one where the store refuses ours.
        self.signed_region = ""
        self._watch(self._client)

    def settled(self) -> Any:
        """The client, once the style is known: the first time this may ask the store, once or twice."""
        with self._lock:
            if self._open:
                self._open = self._settle()
            return self._client

    def close(self) -> None:
        """Let go of the kept connections."""
        self._client.close()

    def _settle(self) -> bool:
        """Switch to the host name if the store refuses the path; return whether the style is still undecided."""
        problem = self._problem(self._client)
        if _is_answer(problem):
            return False
        if isinstance(problem, StoreUnavailable):
            return True
        other = self._access.client(VIRTUAL)
        if not _is_answer(self._problem(other)):
            other.close()
            return False
        self._client.close()
        self._client, self.style = other, VIRTUAL
        self._watch(other)
        return False

    def _problem(self, client: Any) -> StoreError | None:
        try:
            self._ask(client)
        except StoreError as error:
            return error
        return None

    def _watch(self, client: Any) -> None:
        def signed(request: Any, **_: Any) -> None:
            scope = str(request.headers.get("Authorization", b"")).partition("Credential=")[2].split("/")
            if len(scope) > 2:
                self.signed_region = scope[2]

        client.meta.events.register("before-send.s3", signed)


def _is_answer(problem: StoreError | None) -> bool:
    """Whether the store understood which bucket was meant, whatever its answer."""
    if problem is None:
        return True
    return isinstance(problem, AccessDenied | ObjectMissing) and problem.code not in WRONG_STYLE


def _is_address(endpoint: str) -> bool:
    """Whether the endpoint is a bare IP address, which can't be prefixed with a bucket's name."""
    try:
        ipaddress.ip_address(urlsplit(endpoint).hostname or "")
    except ValueError:
        return False
    return True
