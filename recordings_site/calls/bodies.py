"""Shows a callback's body, which is kept as it came: a signed URL in it is a secret, and is shown without its query."""

import json
from typing import Any

from recordings_site.calls.models import CallbackDelivery
from recordings_site.sinch.uploads.object_keys import without_signatures


def shown_body(delivery: CallbackDelivery) -> Any:
    """The body's JSON, or its text under `body`, without what opens the places that it names."""
    raw = bytes(delivery.body)
    try:
        found = json.loads(raw)
    except (ValueError, RecursionError):
        found = {"body": raw.decode(errors="replace")}
    return without_signatures(found)
