"""What the page answers when something was added to a recording or changed on it."""

from recordings_site.recordings.models import SpeakerName


def speaker_named(row: SpeakerName) -> str:
    """What a label is shown as from now on, and where."""
    where = "" if row.number is None else f" on all calls to {row.number}"
    label = row.speaker_label or "The unnamed speaker"
    if not row.says_something:
        return f"{label} keeps this label{where}."
    name = row.name or row.get_side_display()
    side = f" ({row.get_side_display().lower()})" if row.name and row.side else ""
    return f"{label} is shown as {name}{side}{where}."
