"""The rule for addresses that people enter: a public host over https, or one allowed by the operator's setting.

Else whoever administers the site could reach services that only the site can reach. A name is looked up when it is
entered, so that the form can say what is wrong, and again for each connection, which goes to the very address that was
looked at: a name that leads elsewhere a moment later gains nothing.
"""

import ipaddress
import socket
from collections.abc import Collection, Iterator
from urllib.parse import urlsplit

SETTING = "ADDRESSES_ALLOWED"
# What Python's versions do not agree about, or count as public: addresses that lead on to another one, which may be
# private (NAT64, 6to4, Teredo, IPv4 inside of IPv6), and platform services of clouds (Oracle's in the first, Azure's in
# the last network).
_REFUSED = tuple(
    ipaddress.ip_network(text)
    for text in (
        "192.0.0.0/24",
        "192.88.99.0/24",
        "64:ff9b::/96",
        "64:ff9b:1::/48",
        "2002::/16",
        "2001::/32",
        "::/96",
        "168.63.129.16/32",
    )
)
_PORTS = {"http": 80, "https": 443}


class AddressRefused(OSError):
    """The host has no address that we may connect to."""


def address_problem(url: str, *, allowed: Collection[str]) -> str:
    """Return why this URL is refused, or "". `allowed` names hosts, with or without port, that need not be public."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or _PORTS.get(parts.scheme)
    except ValueError:
        return "The address isn’t valid. Enter it as https://host or https://host:port."
    if not host or port is None:
        return "Enter the address as https://host or https://host:port."
    if is_allowed(url, allowed=allowed):
        return ""
    if parts.scheme != "https":
        return f"Use https, or ask an operator to add {host} to the setting {SETTING}."
    try:
        public_addresses(host, port)
    except AddressRefused as problem:
        return f"{problem} If that is intended, ask an operator to add it to the setting {SETTING}."
    except (OSError, UnicodeError):
        return f"There is no host named {host}. Check the spelling."
    return ""


def is_allowed(url: str, *, allowed: Collection[str]) -> bool:
    """Whether the setting lists the host of a valid URL, with its port or for all ports."""
    parts = urlsplit(url)
    return is_host_allowed(parts.hostname or "", parts.port or _PORTS.get(parts.scheme, 0), allowed=allowed)


def is_host_allowed(host: str, port: int, *, allowed: Collection[str]) -> bool:
    """Whether the setting lists a host, with this port or for all ports."""
    return host in allowed or f"{host}:{port}" in allowed


def public_addresses(host: str, port: int) -> list[str]:
    """Look the host up, and return its addresses in the resolver's order.

    Raises AddressRefused when one of them is not public: a name with both leads to either. Raises OSError, or
    UnicodeError for a malformed name, when there is no such host.
    """
    found = socket.getaddrinfo(host, port, proto=socket.IPPROTO_TCP)
    addresses = [*dict.fromkeys(str(entry[4][0]) for entry in found)]
    if not all(map(is_public, addresses)):
        raise AddressRefused(f"{host} is on a private network or isn’t public.")
    return addresses


def is_public(text: str) -> bool:
    """Whether an address is one of the internet's: neither private, loopback, link-local (such as the metadata services
    of clouds), shared, reserved nor multicast, and none that is translated to another one.
    """
    address = ipaddress.ip_address(text.partition("%")[0])
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return is_public(str(address.ipv4_mapped))
        if address.is_site_local:
            return False
    if address.is_multicast or address.is_reserved or any(address in network for network in _REFUSED):
        return False
    return address.is_global


def addresses_to_connect(host: str, port: int, *, allowed: Collection[str]) -> Iterator[str]:
    """Yield what to connect to for this host: its checked addresses, or the host itself if the setting allows it.

    Raises what `public_addresses` raises.
    """
    if is_host_allowed(host, port, allowed=allowed):
        yield host
    else:
        yield from public_addresses(host, port)
