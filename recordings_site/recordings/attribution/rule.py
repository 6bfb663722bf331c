"""Which recordings without a number a rule means, and which number each of them gets."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from django.db.models import Q

from recordings_site.destinations.models import Destination
from recordings_site.policies.models import PhoneNumber
from recordings_site.recordings.models import Attribution, RecordingJob, RecordingJobQuerySet

_DIGITS = re.compile(r"[0-9]{7,20}")


@dataclass(frozen=True)
class Rule:
    """The recordings of a destination, whose keys begin so or fit a pattern with asterisks, of some days."""

    destination: Destination | None = None
    key_pattern: str = ""
    since: datetime | None = None
    until: datetime | None = None
    number: PhoneNumber | None = None

    @classmethod
    def of(cls, run: Attribution) -> Self:
        """The rule of an assignment."""
        return cls(run.destination, run.key_pattern, run.since, run.until, run.number)

    def matching(self) -> RecordingJobQuerySet:
        """The recordings that it means, all without a number."""
        meant = Q(number=None, deleted_at=None)
        if self.destination is not None:
            meant &= Q(destination=self.destination)
        if self.since is not None:
            meant &= Q(happened_at__gte=self.since)
        if self.until is not None:
            meant &= Q(happened_at__lt=self.until)
        return RecordingJob.objects.filter(meant & self._keys())

    def _keys(self) -> Q:
        start, asterisk, _ = self.key_pattern.partition("*")
        found = Q(key__startswith=start) if start else Q()
        if asterisk:
            parts = map(re.escape, self.key_pattern.split("*"))
            found &= Q(key__regex=f"^{'.*'.join(parts)}$")
        return found

    def numbers_for(self, recordings: Iterable[RecordingJob]) -> dict[RecordingJob, PhoneNumber]:
        """The number that each of these recordings gets; those whose key names none, or several, are left out."""
        if self.number is not None:
            return dict.fromkeys(recordings, self.number)
        digits = {each: set(_DIGITS.findall(each.key)) for each in recordings}
        among = PhoneNumber.objects.in_use().filter(digits__in=set().union(*digits.values()))
        known = {number.digits: number for number in among.select_related("team")}
        return {each: known[named.pop()] for each, found in digits.items() if len(named := _known(found, known)) == 1}


def _known(found: set[str], known: Mapping[str, PhoneNumber]) -> set[str]:
    return {digits for digits in found if digits in known}
