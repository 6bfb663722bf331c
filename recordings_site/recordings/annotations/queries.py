"""What people noted on a recording, for the side of its page: the moment one looks at, comments, tags."""

from collections.abc import Sequence
from dataclasses import dataclass

from recordings_site.accounts.models import User
from recordings_site.recordings.annotations.corrections import LineAtTime, line_at
from recordings_site.recordings.annotations.forms import SelectedSpan
from recordings_site.recordings.annotations.mentions import handle, people_of
from recordings_site.recordings.models import Comment, RecordingJob, RecordingTag, Transcript

# More names than this do not help who writes a comment.
MOST_HANDLES = 12


@dataclass(frozen=True, slots=True)
class Annotations:
    """The notes of one recording and what is needed to add to them."""

    selected: SelectedSpan
    line: LineAtTime | None
    comments: Sequence[Comment]
    tags: Sequence[RecordingTag]
    handles: Sequence[str]

    @property
    def open_comments(self) -> int:
        """How many comments nobody has resolved."""
        return sum(comment.resolved_at is None for comment in self.comments)


def annotations_of(
    recording: RecordingJob, transcript: Transcript | None, user: User, selected: SelectedSpan
) -> Annotations:
    """Gather the notes; the line and the names of colleagues only when somebody looks at a moment."""
    is_selected = selected.t is not None
    return Annotations(
        selected=selected,
        line=line_at(transcript, selected) if transcript is not None else None,
        comments=list(
            Comment.objects.filter(recording=recording)
            .select_related("author", "resolved_by")
            .prefetch_related("mentions")
        ),
        tags=list(RecordingTag.objects.filter(recording=recording).select_related("tag", "author")),
        handles=[handle(person) for person in people_of(recording) if person != user][:MOST_HANDLES]
        if is_selected
        else [],
    )
