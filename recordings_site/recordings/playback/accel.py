"""Leaves audio to nginx (AUDIO_DELIVERY=accel): what it needs to fetch the bytes from the store by itself."""

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

from recordings_site.base.lru import Lru
from recordings_site.recordings.models import RecordingJob
from recordings_site.recordings.playback.open import Opened
from recordings_site.recordings.playback.version import Version
from recordings_site.storage.circuit_breaker import breaker_of
from recordings_site.storage.port import HandOff, Store
from recordings_site.web.ranges import Unsatisfiable

AGAIN = "X-Store-Again"
"""The header with which nginx comes back when the store did not give it the bytes."""
SECONDS = 60
"""How long a signed URL is good for."""
KEPT = 20.0
"""Seconds for which it is handed out again: a player asks several times when it begins, and with each seek."""
_signed = Lru[tuple[Store, str, str], HandOff](1024, seconds=KEPT)


def takes(request: HttpRequest, recording: RecordingJob) -> bool:
    """Whether nginx is to fetch the bytes."""
    if settings.AUDIO_DELIVERY != "accel" or request.method != "GET" or AGAIN in request.headers:
        return False
    if recording.audio.get("head"):  # nginx cannot put our frame before the store's bytes
        return False
    return recording.destination is not None and recording.destination.store_kind.signs_urls


def hand_over(response: HttpResponseBase, recording: RecordingJob, opened: Opened) -> None:
    """Add to a response without bytes where nginx finds them (ops/nginx.conf), which never shows these headers.

    Raises StoreError.
    """
    if isinstance(opened.selected, Unsatisfiable) or not opened.length:
        return
    found = _hand_off(recording, opened.version)
    response["X-Accel-Redirect"] = "/_store"
    response["X-Store-Url"] = found.url
    response["X-Store-If-Match"] = found.if_match
    response["X-Store-Range"] = (
        f"bytes={opened.selected.start}-{opened.selected.stop - 1}" if opened.selected.partial else ""
    )
    response["X-Audio-ETag"] = opened.version.etag
    response["Content-Length"] = "0"


def _hand_off(recording: RecordingJob, version: Version) -> HandOff:
    """What nginx needs to fetch this version.

    Raises StoreError, also for a store that does not answer: nginx cannot tell a dead one from one that pauses because
    the listener does, so it waits longer than a listener should.
    """
    assert recording.destination is not None
    store, breaker = recording.destination.read_store(), breaker_of(recording.destination_id)
    if not breaker.is_healthy:
        breaker.call(lambda: store.stat(version.key), discard=lambda _: None)
    mark = (store, version.key, version.etag)
    found = _signed.get(mark)
    if found is None:
        found = store.hand_off(version.key, etag=version.etag, seconds=SECONDS)
        _signed.put(mark, found)
    return found
