"""Which machines hold a copy of the policies, and how old each is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from recordings_site.ops.models import Heartbeat

# Kinds of heartbeat: a node that keeps its own file, and a machine that fetched one.
NODE, FETCHED = "snapshot", "fallback"
# Files are confirmed once a minute.
OLD = timedelta(minutes=10)
# A silent node was replaced and is ignored; a silent fallback is reported, until it is clearly out of use.
SHOWN = {NODE: timedelta(hours=1), FETCHED: timedelta(days=7)}


@dataclass(frozen=True)
class Copy:
    """A machine's copy: when it was last known to be what is in force."""

    machine: str
    is_fallback: bool
    at: datetime

    @property
    def is_old(self) -> bool:
        """Whether calls that it answers would go by policies that may no longer be in force."""
        return self.at < timezone.now() - OLD


def snapshot_copies() -> Sequence[Copy]:
    """Return every copy known from the last hour, those of fallbacks from the last week, by machine."""
    now = timezone.now()
    beats = Heartbeat.objects.filter(kind__in=SHOWN, at__gte=now - max(SHOWN.values())).order_by("kind", "process")
    return [Copy(beat.process, beat.kind == FETCHED, beat.at) for beat in beats if beat.at >= now - SHOWN[beat.kind]]
