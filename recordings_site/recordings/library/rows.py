"""The rows of the list as a page shows them: who, how the talk divided, the call's matter, tags and comments."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count

from recordings_site.recordings.models import CallSummary, Comment, RecordingJob, RecordingTag
from recordings_site.recordings.transcripts.exports import shown_other_party
from recordings_site.recordings.transcripts.speakers import ShownSpeaker, speakers_of_each
from recordings_site.recordings.transcripts.talk import Speaker, Talk


@dataclass(frozen=True, slots=True)
class Row:
    """A recording as a row of the list."""

    recording: RecordingJob
    # The other end of the line: a number, an app user, an address; "" when withheld.
    party: str
    excerpt: str
    talk: Talk | None
    tags: Sequence[str]
    comments: int


def rows_of(recordings: Sequence[RecordingJob]) -> list[Row]:
    """Return the rows of a page, in four queries whatever it holds."""
    keys = [each.pk for each in recordings]
    summaries = CallSummary.objects.in_bulk(keys)
    labels = {pk: [label for label, _ in summary.talk] for pk, summary in summaries.items()}
    speakers = speakers_of_each({each.pk: each.number_id for each in recordings}, labels)
    tags = _tags_of(keys)
    counted = Comment.objects.filter(recording__in=keys).values_list("recording").annotate(Count("pk"))
    comments = dict(counted.order_by())
    return [
        Row(
            recording=each,
            party=shown_other_party(each),
            excerpt=summaries[each.pk].excerpt if each.pk in summaries else "",
            talk=_talk(summaries[each.pk], speakers[each.pk]) if each.pk in summaries else None,
            tags=tags.get(each.pk, ()),
            comments=comments.get(each.pk, 0),
        )
        for each in recordings
    ]


def _tags_of(keys: Sequence[UUID]) -> dict[UUID, list[str]]:
    found: dict[UUID, list[str]] = {}
    rows = RecordingTag.objects.filter(recording__in=keys).order_by("tag__name")
    for recording, name in rows.values_list("recording", "tag__name"):
        found.setdefault(recording, []).append(name)
    return found


def _talk(summary: CallSummary, known: dict[str, ShownSpeaker]) -> Talk:
    """The talk bar of a summary, with the names that its speakers have now."""
    speakers = [
        Speaker(label, who.name, who.side, who.colour, seconds=0, share=share, turns=0, lines=0)
        for who, label, share in ((known[label], label, share) for label, share in summary.talk)
    ]
    other = 100 - summary.silence - sum(each.share for each in speakers) if speakers else 0
    return Talk(speakers, summary.silence, other)
