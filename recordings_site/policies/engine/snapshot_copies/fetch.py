"""Fetches the sealed snapshot from a node of the site, for a machine without a database.

What comes is believed when it opens with our keys, is not older than what is here, and knows an application: only then
does it take the place of the file.
"""

import logging
import os
import threading
import time
from collections.abc import Collection
from datetime import UTC
from email.utils import parsedate_to_datetime
from pathlib import Path
from urllib.parse import urlsplit

import httpx2

from recordings_site.base.addresses import is_allowed
from recordings_site.base.deadline import Deadline
from recordings_site.policies.engine.snapshot_copies import sealed_file as snapshot_file
from recordings_site.policies.engine.snapshot_copies.sealed_file import Sealer

log = logging.getLogger(__name__)

# Ten thousand numbers take about 3 MB.
MAX_BYTES = 64 * 1024 * 1024
FETCH_SECONDS = 10.0
EVERY_SECONDS = 10.0
# Who reads the file reads it again whenever its time changed: not with each confirmation.
CONFIRM_SECONDS = 60.0
# Longer tokens than people choose.
MIN_TOKEN = 32


class FetchError(Exception):
    """The snapshot could not be fetched, or what came is no use. Says what to do; never a secret."""


def problem_of(url: str, token: str, *, allowed: Collection[str]) -> str:
    """Return what is wrong with the settings SNAPSHOT_URL and SNAPSHOT_TOKEN, or ""."""
    try:
        parts = urlsplit(url)
        scheme, host, _ = parts.scheme, parts.hostname, parts.port
    except ValueError:
        scheme, host = "", None
    if not host or scheme not in ("http", "https"):
        return "SNAPSHOT_URL isn’t a web address. Use something like https://recordings.example.com/snapshot"
    if scheme != "https" and not is_allowed(url, allowed=allowed):
        return f"SNAPSHOT_URL is not https. If that is intended, add {host} to ADDRESSES_ALLOWED."
    if len(token) < MIN_TOKEN:
        return f"SNAPSHOT_TOKEN needs at least {MIN_TOKEN} characters, the same here as on the site."
    return ""


class SnapshotFetcher:
    """Keeps the file at `path` like the snapshot at `url`. `node` is the name under which *Status* lists this one."""

    def __init__(self, url: str, token: str, path: Path, keyring: Sealer, *, node: str) -> None:
        self._url, self._path, self._keyring = url, path, keyring
        self._headers = {"Authorization": f"Bearer {token}", "X-Snapshot-Node": node, "Accept-Encoding": "identity"}
        # Of the file that was fetched last: its ETag, and what the file was then.
        self._etag, self._written = "", -1
        self._problem = ""

    def fetch(self) -> bool:
        """Bring the file up to date; return whether it was replaced. Raises FetchError: then the file is as it was."""
        try:
            return self._fetch()
        except (httpx2.HTTPError, httpx2.InvalidURL, OSError) as error:
            raise FetchError(f"{type(error).__name__}: {error}") from error

    def keep(self) -> None:
        """Fetch every few seconds, in a thread of its own, as long as the process runs. Problems are logged once."""
        threading.Thread(target=self._keep, name="snapshot", daemon=True).start()

    def fetch_and_log(self) -> None:
        """Fetch once; log a problem when it is another one than the last time, and its end."""
        problem = ""
        try:
            self.fetch()
        except FetchError as error:
            problem = str(error)
        if problem and problem != self._problem:
            log.error("The snapshot of policies cannot be fetched from %s: %s", self._url, problem)
        elif self._problem and not problem:
            log.warning("The snapshot of policies is fetched from %s again.", self._url)
        self._problem = problem

    def _keep(self) -> None:
        while True:
            try:
                self.fetch_and_log()
            # Whatever comes, the next round may end otherwise.
            except Exception:
                log.exception("Fetching the snapshot of policies failed.")
            time.sleep(EVERY_SECONDS)

    def _fetch(self) -> bool:
        until = Deadline(FETCH_SECONDS)
        headers = dict(self._headers)
        if self._etag and self._identity() == self._written:
            headers["If-None-Match"] = self._etag
        timeout = httpx2.Timeout(5.0, connect=2.0)
        # No proxy of the environment, but its SSL_CERT_FILE: inside a network, authorities are often one's own.
        trusted = httpx2.create_ssl_context(trust_env=True)
        with (
            httpx2.Client(timeout=timeout, follow_redirects=False, trust_env=False, verify=trusted) as client,
            client.stream("GET", self._url, headers=headers) as response,
        ):
            if response.status_code not in (200, 304):
                raise FetchError(_refused(response.status_code))
            confirmed_at = _time_of(response)
            if response.status_code == 304:
                self._confirm(confirmed_at)
                return False
            sealed = _body(response, until)
        return self._replace(sealed, confirmed_at, response.headers.get("ETag", ""))

    def _replace(self, sealed: str, confirmed_at: float, etag: str) -> bool:
        try:
            found = snapshot_file.unseal(sealed, self._keyring)
        # From another installation, sealed with a key that is missing here, or of another release.
        except Exception as error:
            raise FetchError(f"Our keys can’t decrypt this snapshot ({type(error).__name__}).") from error
        if not found.applications:
            raise FetchError("The site has no application, so there is nothing to answer calls with.")
        if self._path.is_file() and confirmed_at < min(self._path.stat().st_mtime, time.time()) - 1:
            raise FetchError("The node has an older snapshot than this machine.")
        snapshot_file.write(sealed, self._path, confirmed_at=confirmed_at)
        self._etag, self._written = etag, self._identity()
        return True

    def _confirm(self, confirmed_at: float) -> None:
        if confirmed_at - self._path.stat().st_mtime >= CONFIRM_SECONDS:
            os.utime(self._path, (confirmed_at, confirmed_at))

    def _identity(self) -> int:
        return self._path.stat().st_ino if self._path.is_file() else -1


def _refused(status: int) -> str:
    match status:
        case 404:
            return "404. SNAPSHOT_TOKEN differs from the site’s, or the address isn’t that of /snapshot."
        case 503:
            return "503. The node has no policies itself."
        case 301 | 302 | 307 | 308:
            return f"{status}, a redirect. Enter the final address."
        case _:
            return f"The site answered with status {status}."


def _time_of(response: httpx2.Response) -> float:
    """When the node last knew it to be in force; never in the future."""
    try:
        at = parsedate_to_datetime(response.headers["Last-Modified"])
    except (KeyError, ValueError) as error:
        raise FetchError(
            "The answer has no valid Last-Modified header, so SNAPSHOT_URL points to something else."
        ) from error
    return min(time.time(), at.replace(tzinfo=at.tzinfo or UTC).timestamp())


def _body(response: httpx2.Response, until: Deadline) -> str:
    found = bytearray()
    for chunk in response.iter_raw():
        found += chunk
        if len(found) > MAX_BYTES:
            raise FetchError(f"The answer is larger than {MAX_BYTES // 2**20} MB.")
        if until.expired:
            raise FetchError(f"The answer took longer than {FETCH_SECONDS:.0f} s.")
    try:
        return found.decode("ascii")
    except UnicodeDecodeError as error:
        raise FetchError("The answer isn’t an encrypted snapshot.") from error
