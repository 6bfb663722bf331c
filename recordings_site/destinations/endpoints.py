"""Says which endpoints of stores may be entered: an origin alone, at an address that the site may connect to."""

from collections.abc import Collection
from urllib.parse import urlsplit

from recordings_site.base.addresses import address_problem


def endpoint_problem(url: str, *, allowed: Collection[str]) -> str:
    """Why this endpoint is refused, or "". `allowed` names hosts (with or without port) that need not be public.

    Redirects are not followed either (storage.ELSEWHERE).
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        return "The endpoint isn’t valid. Enter it as https://host or https://host:port."
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username or parts.query or parts.fragment:
        return "Enter the endpoint as https://host or https://host:port, without a user, query or fragment."
    return address_problem(url, allowed=allowed)
