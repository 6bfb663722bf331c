"""What nginx is told so that it fetches the audio from the store by itself."""

import threading
import time
from collections import OrderedDict

from recordings_site.recordings.models import RecordingJob
from recordings_site.recordings.playback import Version
from recordings_site.storage.patience import patience_with
from recordings_site.storage.port import HandOff, Store

SECONDS = 60
"""How long a signed URL is good for."""
KEPT = 20.0
"""Seconds for which it is handed out again: a player asks several times when it begins, and with each seek."""
_MOST = 1024
_made: OrderedDict[tuple[Store, str, str], tuple[float, HandOff]] = OrderedDict()
_lock = threading.Lock()


def hand_off(recording: RecordingJob, version: Version) -> HandOff:
    """What nginx needs to fetch this version.

    Raises StoreError, also for a store that does not answer: nginx cannot tell a dead one from one that pauses because
    the listener does, so it waits longer than a listener should.
    """
    assert recording.destination is not None
    store, patience = recording.destination.read_store(), patience_with(recording.destination_id)
    if not patience.answered_lately():
        patience.ask(lambda: store.stat(version.key), discard=lambda _: None)
    mark, now = (store, version.key, version.etag), time.monotonic()
    made_at, made = _made.get(mark, (now, None))
    if made is not None and now - made_at < KEPT:
        return made
    fresh = store.hand_off(version.key, etag=version.etag, seconds=SECONDS)
    with _lock:
        _made[mark] = (now, fresh)
        _made.move_to_end(mark)
        if len(_made) > _MOST:
            _made.popitem(last=False)
    return fresh
