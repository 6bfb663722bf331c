"""What the annotation panel of a recording shows: the selected line, comments, tags."""

from collections.abc import Sequence
from dataclasses import dataclass

from recordings_site.accounts.models import User
from recordings_site.recordings.annotations.corrections import LineAtTime, line_at
from recordings_site.recordings.annotations.forms import SelectedSpan
from recordings_site.recordings.annotations.mentions import handle, people_of
from recordings_site.recordings.models import Comment, RecordingJob, RecordingTag, Transcript

# More names than this do not help.
MOST_HANDLES = 12


@dataclass(frozen=True, slots=True)
class Annotations:
    """The annotations of one recording, and what the forms beside them need."""

    selected: SelectedSpan
    line: LineAtTime | None
    # With their replies, in call order; those on the whole recording first.
    threads: Sequence[Comment]
    tags: Sequence[RecordingTag]
    handles: Sequence[str]

    @property
    def open_comments(self) -> int:
        """The number of unresolved threads."""
        return sum(thread.resolved_at is None for thread in self.threads)


def annotations_of(
    recording: RecordingJob, transcript: Transcript | None, user: User, selected: SelectedSpan
) -> Annotations:
    """Return the annotations of a recording; the line and the handles of colleagues only with a selected time."""
    is_selected = selected.t is not None
    return Annotations(
        selected=selected,
        line=line_at(transcript, selected) if transcript is not None else None,
        threads=sorted(
            Comment.objects.filter(recording=recording).threads(),
            key=lambda thread: (-1.0 if thread.at is None else thread.at, thread.pk),
        ),
        tags=list(RecordingTag.objects.filter(recording=recording).select_related("tag", "author")),
        handles=[handle(person) for person in people_of(recording) if person != user][:MOST_HANDLES]
        if is_selected
        else [],
    )
