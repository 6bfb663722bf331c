"""Notes when an application's callbacks come, without a write for each of them."""

import threading
import time
from datetime import datetime

from recordings_site.policies.applications.actions_connect import note_callback
from recordings_site.policies.models import LAST_SEEN_EVERY

_lock = threading.Lock()
_noted: dict[int, float] = {}


def note_callback_received(application_id: int, at: datetime) -> None:
    """Keep that a signed callback came, once a minute and process at most; inside the callback's own transaction."""
    now = time.monotonic()
    with _lock:
        if now - _noted.get(application_id, float("-inf")) < LAST_SEEN_EVERY.total_seconds():
            return
        _noted[application_id] = now
    note_callback(application_id=application_id, at=at)


def forget() -> None:
    """Let the next callback be noted: between tests."""
    with _lock:
        _noted.clear()
