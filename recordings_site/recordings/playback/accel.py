"""Lets nginx deliver the audio (AUDIO_DELIVERY=accel): what it needs to fetch the bytes from the store."""

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

from recordings_site.base.lru import Lru
from recordings_site.recordings.models import RecordingJob
from recordings_site.recordings.playback.open import OpenedAudio
from recordings_site.recordings.playback.version import ObjectVersion, known_version
from recordings_site.storage import HandOff, Store
from recordings_site.storage.circuit_breaker import breaker_of
from recordings_site.web.ranges import Unsatisfiable

RETRY_HEADER = "X-Store-Again"
"""The header with which nginx comes back when the store did not give it the bytes."""
URL_SECONDS = 60
"""How long a signed URL is good for."""
CACHE_SECONDS = 20.0
"""Seconds for which it is handed out again: a player asks several times when it begins, and with each seek."""
_signed = Lru[tuple[Store, str, str], HandOff](1024, seconds=CACHE_SECONDS)


def delivers(request: HttpRequest, recording: RecordingJob) -> bool:
    """Return whether nginx delivers the audio for this request."""
    if settings.AUDIO_DELIVERY != "accel" or request.method != "GET" or RETRY_HEADER in request.headers:
        return False
    known = known_version(recording)
    if "from" in request.GET or (known is not None and not known.is_whole):
        return False  # nginx cannot put together what is sent instead of the object
    return recording.destination is not None and recording.destination.store_kind.signs_urls


def redirect_to_store(response: HttpResponseBase, recording: RecordingJob, audio: OpenedAudio) -> None:
    """Add the headers by which nginx finds the bytes (ops/nginx.conf), and which it never passes on.

    Raises StoreError.
    """
    if isinstance(audio.selected, Unsatisfiable) or not audio.length:
        return
    found = _hand_off(recording, audio.version)
    response["X-Accel-Redirect"] = "/_store"
    response["X-Store-Url"] = found.url
    response["X-Store-If-Match"] = found.if_match
    response["X-Store-Range"] = (
        f"bytes={audio.selected.start}-{audio.selected.stop - 1}" if audio.selected.partial else ""
    )
    response["X-Audio-ETag"] = audio.version.etag
    response["Content-Length"] = "0"


def _hand_off(recording: RecordingJob, version: ObjectVersion) -> HandOff:
    """Return what nginx needs to fetch this version.

    Raises StoreError, also for a store that does not answer: nginx cannot tell that from a paused listener, so it would
    wait too long.
    """
    assert recording.destination is not None
    store, breaker = recording.destination.read_store(), breaker_of(recording.destination_id)
    if not breaker.is_healthy:
        breaker.call(lambda: store.stat(version.key), discard=lambda _: None)
    mark = (store, version.key, version.etag)
    found = _signed.get(mark)
    if found is None:
        found = store.hand_off(version.key, etag=version.etag, seconds=URL_SECONDS)
        _signed.put(mark, found)
    return found
