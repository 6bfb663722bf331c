"""Keeps anchors of the audit trail in the bucket of a destination, an object a day: not where the database is.

They are written with the write credentials, which read and delete nothing, and read with the others. A bucket that
keeps versions, or locks objects, keeps them from who has both.
"""

from collections.abc import Sequence

from django.conf import settings

from recordings_site.accounts.anchor_places import Anchor, AnchorFile, Broken, Place, Unreachable, parse
from recordings_site.destinations.models import Destination
from recordings_site.destinations.sealing import SealingError
from recordings_site.storage import StoreError, iter_objects, read_whole

FOLDER = "audit-anchors/"
LARGEST = 4096


def places() -> Sequence[Place]:
    """Where anchors are kept: in the file, and in the destination AUDIT_ANCHOR_DESTINATION if one is named."""
    name = settings.AUDIT_ANCHOR_DESTINATION
    return [AnchorFile(), *([AnchorBucket(name)] if name else [])]


class AnchorBucket:
    """A folder of a destination."""

    def __init__(self, destination: str) -> None:
        self._destination = destination

    @property
    def name(self) -> str:
        """What people know it as."""
        return f"the destination {self._destination}"

    def newest(self) -> Anchor | None:
        """The anchor whose object is named after the latest day."""
        found = self._found()
        try:
            store = found.read_store()
            last = max(iter_objects(store, found.prefix + FOLDER), key=lambda each: each.key, default=None)
            if last is None:
                return None
            if last.size > LARGEST:
                raise Broken(f"{last.key} in {self.name} isn’t an anchor.")
            return parse(read_whole(store, last).decode(errors="replace"))
        except (StoreError, SealingError) as error:
            raise Unreachable(str(error)) from error

    def keep(self, anchor: Anchor) -> None:
        """Write the object of its day."""
        found = self._found()
        try:
            key = f"{found.prefix}{FOLDER}{anchor.day}.json"
            found.write_store().write(key, anchor.line().encode(), content_type="application/json")
        except (StoreError, SealingError) as error:
            raise Unreachable(str(error)) from error

    def _found(self) -> Destination:
        found = Destination.objects.in_use().named(self._destination).first()
        if found is None:
            raise Unreachable("no destination has this name. Check the setting AUDIT_ANCHOR_DESTINATION")
        return found
