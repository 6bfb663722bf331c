"""Notes when an application's callbacks come, without a write for each of them."""

import threading
import time
from datetime import datetime

from recordings_site.policies.applications.actions_connect import HEARD_EVERY, note_heard

_lock = threading.Lock()
_noted: dict[int, float] = {}


def heard(application_id: int, at: datetime) -> None:
    """Keep that a signed callback came, once a minute and process at most; inside the callback's own transaction."""
    now = time.monotonic()
    with _lock:
        if now - _noted.get(application_id, float("-inf")) < HEARD_EVERY.total_seconds():
            return
        _noted[application_id] = now
    note_heard(application_id=application_id, at=at)


def forget() -> None:
    """Let the next callback be noted: between tests."""
    with _lock:
        _noted.clear()
