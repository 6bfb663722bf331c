"""Who the speakers of a recording are, as every page, export and index shows them: name, side, colour.

Sinch labels voices ("Speaker 1") and does not say which end of the call each one is. So the agent is known where a
person said so, for a recording or for all of a number; with two voices, the other one then is the customer.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from recordings_site.recordings.models import CallSummary, RecordingJob, Side, SpeakerName

COLOURS = 6
_OTHER_SIDE: dict[str, str] = {Side.AGENT: Side.CUSTOMER, Side.CUSTOMER: Side.AGENT}
# The same on every page: whoever knows one call reads the colours of the next.
_COLOUR_OF_SIDE: dict[str, int] = {Side.AGENT: 1, Side.CUSTOMER: 2}


@dataclass(frozen=True, slots=True)
class ShownSpeaker:
    """A speaker as shown: the given name, else "Agent" or "Customer", else Sinch's label; a Side or ""; 1 to 6."""

    name: str
    side: str
    colour: int


def shown_speakers(labels: Iterable[str], given: Mapping[str, SpeakerName]) -> dict[str, ShownSpeaker]:
    """Return each speaker by label, for labels in the order of first appearance. Pure."""
    own = list(dict.fromkeys(labels))
    sides = {label: given[label].side if label in given else "" for label in own}
    if len(own) == 2 and all(own):
        for label, other in (own, own[::-1]):
            sides[label] = sides[label] or _OTHER_SIDE.get(sides[other], "")
    colours = _colours(sides)
    return {
        label: ShownSpeaker(
            name=(given[label].name if label in given else "") or (Side(side).label if side else "") or label,
            side=side,
            colour=colours[label],
        )
        for label, side in sides.items()
    }


def _colours(sides: Mapping[str, str]) -> dict[str, int]:
    """Agent and customer have colours of their own; the others take what is free, in order."""
    colours: dict[str, int] = {}
    for label, side in sides.items():
        if side and _COLOUR_OF_SIDE[side] not in colours.values():
            colours[label] = _COLOUR_OF_SIDE[side]
    taken = {*_COLOUR_OF_SIDE.values()} if colours else set()
    free = [each for each in range(1, COLOURS + 1) if each not in taken]
    others = [label for label in sides if label not in colours]
    return colours | {label: free[place % len(free)] for place, label in enumerate(others)}


def speakers_of(recording: RecordingJob, labels: Iterable[str]) -> dict[str, ShownSpeaker]:
    """Return the speakers of a recording with these labels."""
    return shown_speakers(labels, SpeakerName.objects.in_force({recording.pk: recording.number_id})[recording.pk])


def speakers_of_each(
    recordings: Mapping[UUID, int | None], labels: Mapping[UUID, Sequence[str]] | None = None
) -> dict[UUID, dict[str, ShownSpeaker]]:
    """Return the speakers of several recordings, given with their numbers' ids, in at most two queries.

    Without `labels` they are those of the summaries, read only where somebody was named.
    """
    given = SpeakerName.objects.in_force(recordings)
    if labels is None:
        labels = _summarized([pk for pk, names in given.items() if names])
    return {pk: shown_speakers(labels.get(pk, names), names) for pk, names in given.items()}


def _summarized(recordings: Sequence[UUID]) -> dict[UUID, list[str]]:
    """The labels of recordings in the order of first appearance."""
    if not recordings:
        return {}
    rows = CallSummary.objects.filter(recording__in=recordings).values_list("recording", "talk")
    return {pk: [label for label, _ in talk] for pk, talk in rows}
