"""Reads the place that a notification names, and finds the configured destination that it lies in; never fetches it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from recordings_site.destinations.models import Destination
from recordings_site.recordings.models import RecordingJob
from recordings_site.sinch.uploads import object_keys, reported_place
from recordings_site.sinch.uploads.store_hosts import Place

# What reading a place needs of a destination; the secrets stay where they are.
_COLUMNS = ("name", "kind", "account", "bucket", "prefix", "region", "endpoint", "read_mode", "archived_at")


@dataclass(frozen=True)
class ReportedLocation:
    """A reported place: its text without secrets, all readings of it, and the one that lies in a destination of ours.

    `place` is the likeliest reading when no destination covers it, None for text that names no place.
    """

    text: str
    places: tuple[Place, ...] = ()
    # For each of them the keys of the destinations in whose bucket it lies.
    buckets: tuple[frozenset[int], ...] = ()
    destination: Destination | None = None
    place: Place | None = None
    # All configured destinations, for reading further places.
    destinations: Sequence[Destination] = ()

    @property
    def key(self) -> str:
        """The key it names, with its folder where that is known."""
        return self.place.key if self.place else ""

    @property
    def keys(self) -> tuple[str, ...]:
        """The spellings of the key under which it may lie in the destination, the likeliest first."""
        if self.destination is None or self.place is None:
            return ()
        of_bucket = (place.key for place, here in self.located if self.destination.pk in here)
        return tuple(dict.fromkeys((self.place.key, *of_bucket)))

    @property
    def located(self) -> Iterator[tuple[Place, frozenset[int]]]:
        """Each reading with the destinations in whose bucket it lies."""
        return zip(self.places, self.buckets, strict=True)

    @property
    def is_full(self) -> bool:
        """Whether it names store and bucket, not merely a file."""
        return self.place is not None and self.place.kind != ""


def all_destinations() -> list[Destination]:
    """The configured destinations with what reading a place needs of them, without secrets."""
    return list(Destination.objects.only(*_COLUMNS))


def parse_reported_location(text: str, destinations: Sequence[Destination] | None = None) -> ReportedLocation:
    """Understand the `destination` of a notification, and match it to a configured destination.

    `destinations` are `all_destinations()`, for whoever reads many places.
    """
    if not text.strip():
        return ReportedLocation("")
    if destinations is None:
        destinations = all_destinations()
    stores = [(each.kind, each.account, each.bucket, each.endpoint) for each in destinations]
    places = reported_place.read(text, reported_place.endpoints_of(stores))
    found, place = _covering(places, destinations)
    buckets = tuple(frozenset(each.pk for each in destinations if is_in(place, each)) for place in places)
    return ReportedLocation(object_keys.without_secrets(text), places, buckets, found, place, destinations)


def location_of(destination: Destination, key: str) -> ReportedLocation:
    """A key in a destination, as if it had been reported."""
    place = Place(destination.kind, destination.account, destination.bucket, key)
    return ReportedLocation("", (place,), (frozenset({destination.pk}),), destination, place)


def _covering(
    places: tuple[Place, ...], destinations: Sequence[Destination]
) -> tuple[Destination | None, Place | None]:
    """The destination with the longest prefix of the likeliest reading that lies in one, and that reading."""
    for same in (str.startswith, _starts_alike):
        for place in places:
            here = [each for each in destinations if is_in(place, each) and same(place.key, each.prefix)]
            if here:
                return max(here, key=lambda each: (each.bucket == place.bucket, len(each.prefix), -each.pk)), place
    return None, places[0] if places else None


def _starts_alike(key: str, prefix: str) -> bool:
    return object_keys.canonical(key).startswith(object_keys.canonical(prefix))


def is_in(place: Place, destination: Destination) -> bool:
    """Whether a place lies in a destination's bucket."""
    return reported_place.is_in(
        place,
        kind=destination.kind,
        account=destination.account,
        bucket=destination.bucket,
        endpoint=destination.endpoint,
    )


def distance(reported: ReportedLocation, job: RecordingJob, *, stem: bool = False) -> int | None:
    """How a reported place differs from the one at which a recording was asked to be: 0 is the very same spelling.

    None: it is another place. With `stem` the place of the recording's transcript counts, too. Of a bare name or path,
    and of a URL of an unknown host, the end of the key is compared.
    """
    # What was requested; of what was not, where it is known to be.
    destination_id, key = (job.asked_destination_id, job.asked_key) if job.asked_key else (job.destination_id, job.key)
    if not key:
        return None
    here = [place for place, of in reported.located if not place.kind or destination_id in of]
    for far, place in enumerate(here):
        if place.key == key:
            return far
    if any(_is_same(place, key) or (stem and _is_beside(place, key)) for place in here):
        return len(here)
    return None


def _is_same(place: Place, key: str) -> bool:
    return object_keys.is_same(key, place.key) if place.kind else object_keys.is_named_by(place.key, key)


def _is_beside(place: Place, key: str) -> bool:
    one, other = object_keys.stem(key), object_keys.stem(place.key)
    return one == other if place.kind else object_keys.is_named_by(other, one)


def nearest(jobs: Iterable[RecordingJob], reported: ReportedLocation, *, stem: bool = False) -> RecordingJob | None:
    """The recording that was asked to be at the reported place, the one that is spelled most alike."""
    found = [(far, job) for job in jobs if (far := distance(reported, job, stem=stem)) is not None]
    return min(found, key=lambda each: each[0])[1] if found else None
