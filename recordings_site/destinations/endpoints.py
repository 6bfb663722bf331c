"""Says which endpoints of stores may be entered: no way into the networks that this site itself stands in."""

import ipaddress
import socket
from collections.abc import Collection
from urllib.parse import urlsplit


def endpoint_problem(url: str, *, allowed: Collection[str]) -> str:
    """Why this endpoint is refused, or "". `allowed` names hosts (with or without port) that may be private.

    Link-local, loopback and private addresses are refused otherwise: they would let whoever administers the site reach
    services that only the site can reach. A name that leads there later needs no further check: what answers there has
    no certificate for that name, and nothing is sent to it without. Nor is a redirect followed (storage.ELSEWHERE).
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return "Enter the endpoint as https://host or https://host:port."
    if parts.scheme not in ("http", "https") or not host or parts.username or parts.query or parts.fragment:
        return "Write the endpoint as https://host or https://host:port, without a user, query or fragment."
    if is_allowed(url, allowed=allowed):
        return ""
    if parts.scheme != "https":
        return f"Use https, or ask an operator to add {host} to the setting STORE_ENDPOINTS_ALLOWED."
    try:
        found = {entry[4][0] for entry in socket.getaddrinfo(host, port or 443, proto=socket.IPPROTO_TCP)}
    except (OSError, UnicodeError):
        return f"Host {host} not found. Check the spelling."
    if any(not ipaddress.ip_address(str(address).partition("%")[0]).is_global for address in found):
        return (
            f"{host} is in a private network. If that’s intended, ask an operator to add it to the setting"
            " STORE_ENDPOINTS_ALLOWED."
        )
    return ""


def is_allowed(url: str, *, allowed: Collection[str]) -> bool:
    """Whether the setting names the host of a readable endpoint."""
    parts = urlsplit(url)
    return parts.hostname in allowed or f"{parts.hostname}:{parts.port}" in allowed
