"""What people noted on a recording, for the side of its page: the moment one looks at, comments, tags."""

from collections.abc import Sequence
from dataclasses import dataclass

from recordings_site.accounts.models import User
from recordings_site.recordings.annotations.forms import Moment
from recordings_site.recordings.annotations.mentions import handle, people_of
from recordings_site.recordings.annotations.timecode import MomentLine, line_at
from recordings_site.recordings.models import Comment, RecordingJob, RecordingTag, Transcript

# More names than this do not help who writes a comment.
MOST_HANDLES = 12


@dataclass(frozen=True, slots=True)
class Notebook:
    """The notes of one recording and what is needed to add to them."""

    moment: Moment
    line: MomentLine | None
    comments: Sequence[Comment]
    tags: Sequence[RecordingTag]
    handles: Sequence[str]

    @property
    def open_comments(self) -> int:
        """How many comments nobody has resolved."""
        return sum(comment.resolved_at is None for comment in self.comments)


def notebook_of(recording: RecordingJob, transcript: Transcript | None, user: User, moment: Moment) -> Notebook:
    """Gather the notes; the line and the names of colleagues only when somebody looks at a moment."""
    at_moment = moment.t is not None
    return Notebook(
        moment=moment,
        line=line_at(transcript, moment) if transcript is not None else None,
        comments=list(
            Comment.objects.filter(recording=recording)
            .select_related("author", "resolved_by")
            .prefetch_related("mentions")
        ),
        tags=list(RecordingTag.objects.filter(recording=recording).select_related("tag", "author")),
        handles=[handle(person) for person in people_of(recording) if person != user][:MOST_HANDLES]
        if at_moment
        else [],
    )
