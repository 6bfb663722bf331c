"""Connects the vendors' SDKs to entered endpoints only where `base.addresses` allows.

boto3, Azure's SDK and Google's all connect by urllib3, and none lets its caller choose the address for a name: the one
function by which urllib3 connects is replaced. Hosts that nobody entered, such as the vendors' own and the metadata
services that the SDKs ask for the machine's identity, are none of its business.
"""

import socket
import threading
from typing import Any
from urllib.parse import urlsplit

from urllib3.util import connection

from recordings_site.base.addresses import public_addresses

_connect = connection.create_connection
_lock = threading.Lock()
_guarded: set[tuple[str, int]] = set()


def guard(endpoint: str) -> None:
    """From now on connect to this endpoint's host, and to buckets in front of its name, at public addresses alone."""
    parts = urlsplit(endpoint)
    with _lock:
        _guarded.add((parts.hostname or "", parts.port or 443))
    connection.create_connection = _create_connection


def _is_guarded(host: str, port: int) -> bool:
    """Whether this is the host of a guarded endpoint, or a bucket of it: `bucket.host`."""
    labels = host.rstrip(".").lower().split(".")
    names = (".".join(labels[start:]) for start in range(len(labels)))
    return any((name, port) in _guarded for name in names)


def _create_connection(address: tuple[str, int], *about: Any, **more: Any) -> socket.socket:
    host, port = address
    name = host.strip("[]")
    if not _is_guarded(name, port):
        return _connect(address, *about, **more)
    problem: OSError | None = None
    for found in public_addresses(name, port):
        try:
            return _connect((found, port), *about, **more)
        except OSError as error:
            problem = error
    raise problem or OSError(f"{name} has no address.")
