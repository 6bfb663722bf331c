"""Connects an HTTP client only where `base.addresses` allows: for URLs that people entered."""

from collections.abc import Callable, Collection, Iterable
from typing import Any

import httpcore2
import httpx2

from recordings_site.base.addresses import addresses_to_connect


class _GuardedBackend(httpcore2.SyncBackend):
    """Resolves a host once and connects to one of the checked addresses; TLS still verifies the name."""

    def __init__(self, allowed: Callable[[], Collection[str]]) -> None:
        self._allowed = allowed

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.NetworkStream:
        """Connect to the first address that answers. Raises AddressRefused, and ConnectError when none answers."""
        problem: httpcore2.ConnectError | httpcore2.ConnectTimeout | None = None
        try:
            for address in addresses_to_connect(host, port, allowed=self._allowed()):
                try:
                    return super().connect_tcp(address, port, timeout, local_address, socket_options)
                except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                    problem = error
        except UnicodeError as error:
            raise httpcore2.ConnectError(f"The host name {host!r} isn’t valid.") from error
        raise problem or httpcore2.ConnectError(f"{host} doesn’t resolve to an IP address.")


class GuardedTransport(httpx2.HTTPTransport):
    """httpx2's transport over guarded connections. `allowed()` gives the hosts that need not be public."""

    def __init__(self, allowed: Callable[[], Collection[str]], *, limits: httpx2.Limits) -> None:
        super().__init__(trust_env=False)
        self._pool.close()
        self._pool = httpcore2.ConnectionPool(
            ssl_context=httpx2.create_ssl_context(trust_env=False),
            max_connections=limits.max_connections,
            max_keepalive_connections=limits.max_keepalive_connections,
            keepalive_expiry=limits.keepalive_expiry,
            network_backend=_GuardedBackend(allowed),
        )
