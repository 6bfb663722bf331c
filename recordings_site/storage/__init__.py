"""The bytes: one interface (`port`) over S3, Azure, Google Cloud Storage and local folders, without Django.

Other packages import names from here. Each kind is a folder, whose `adapter` turns its SDK's errors into `errors`;
`factory` opens and caches stores, `circuit_breaker` bounds how long a caller waits for one. Imports only `base`. Start
reading at `port.Store`.
"""

from recordings_site.storage.errors import (
    AccessDenied,
    ObjectArchived,
    ObjectChanged,
    ObjectMissing,
    OddAnswer,
    StoreError,
    StoreMisconfigured,
    StoreUnavailable,
)
from recordings_site.storage.factory import (
    Location,
    open_store,
)
from recordings_site.storage.port import (
    CHUNK,
    Body,
    HandOff,
    ObjectPage,
    ObjectStat,
    Store,
    StoreFacts,
    exists,
    first_stat,
    iter_objects,
    read_whole,
)

__all__ = [
    "CHUNK",
    "AccessDenied",
    "Body",
    "HandOff",
    "Location",
    "ObjectArchived",
    "ObjectChanged",
    "ObjectMissing",
    "ObjectPage",
    "ObjectStat",
    "OddAnswer",
    "Store",
    "StoreError",
    "StoreFacts",
    "StoreMisconfigured",
    "StoreUnavailable",
    "exists",
    "first_stat",
    "iter_objects",
    "open_store",
    "read_whole",
]
