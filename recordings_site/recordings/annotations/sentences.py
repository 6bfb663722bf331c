"""What the page answers when something was added to a recording or changed on it."""

from recordings_site.recordings.models import Comment, SpeakerName

COMMENT_CHANGED = "Comment changed."
COMMENT_DELETED = "Comment deleted."
RESOLVED = "Comment resolved."
REOPENED = "Comment reopened."
HAS_REPLIES = "This comment has replies, so it can’t be deleted. Resolve it instead."


def comment_added(comment: Comment) -> str:
    """That it was added, and who is notified of it."""
    what = "Comment added." if comment.parent_id is None else "Reply added."
    people = [str(person) for person in comment.mentions.all()]
    return f"{what} {', '.join(people)} will be notified." if people else what


def speaker_named(row: SpeakerName) -> str:
    """What a label is shown as from now on, and where."""
    where = "" if row.number is None else f" on all calls to {row.number}"
    label = row.speaker_label or "The unnamed speaker"
    if not row.says_something:
        return f"{label} keeps this label{where}."
    name = row.name or row.get_side_display()
    side = f" ({row.get_side_display().lower()})" if row.name and row.side else ""
    return f"{label} is shown as {name}{side}{where}."
