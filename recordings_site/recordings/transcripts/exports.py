"""A transcript in the forms that other programs read: TXT, SRT, VTT, JSON, CSV, vCon. Pure but for the clock's zone.

Corrections and names are in all of them but `sinch`, which is Sinch's own file, byte for byte.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from django.utils import timezone
from django.utils.text import slugify

from recordings_site.base.formatting import cue_time, duration, sortable
from recordings_site.recordings.audio.formats import FORMATS
from recordings_site.recordings.models import RecordingJob
from recordings_site.recordings.transcripts.lines import ShownLine
from recordings_site.sinch import ends
from recordings_site.web.csv_cells import row


@dataclass(frozen=True, slots=True)
class ExportFormat:
    """An export format: its label, file ending, media type, and how it is written."""

    label: str
    ending: str
    content_type: str
    write: Callable[[RecordingJob, Sequence[ShownLine]], str]


def text(recording: RecordingJob, lines: Sequence[ShownLine]) -> str:
    """Plain text: what the call was, then each line with its time."""
    when = timezone.localtime(recording.happened_at)
    head = [title(recording), f"{sortable(when)} {when:%Z}", ""]
    return "\n".join([*head, *(f"[{duration(line.start)}] {_with_speaker(line)}" for line in lines), ""])


def srt(_: RecordingJob, lines: Sequence[ShownLine]) -> str:
    """SubRip: numbered cues. Texts have no blank line, which would end a cue."""
    return "".join(
        f"{number}\n{cue_time(line.start, ',')} --> {cue_time(line.end, ',')}\n{_one_line(_with_speaker(line))}\n\n"
        for number, line in enumerate(lines, 1)
    )


def vtt(_: RecordingJob, lines: Sequence[ShownLine]) -> str:
    """WebVTT with the speaker as voice of each cue."""
    return "WEBVTT\n\n" + "".join(
        f"{cue_time(line.start, '.')} --> {cue_time(line.end, '.')}\n{_voice(line)}{_cue_text(line.text)}\n\n"
        for line in lines
    )


def as_json(_: RecordingJob, lines: Sequence[ShownLine]) -> str:
    """Sinch's shape, `{"text", "lines": [{"timestamp", "speakerLabel", "text"}]}`, as corrected here."""
    return json.dumps(
        {
            "text": " ".join(line.text for line in lines),
            "lines": [{"timestamp": line.start, "speakerLabel": line.speaker, "text": line.text} for line in lines],
        },
        ensure_ascii=False,
        indent=1,
    )


def as_csv(_: RecordingJob, lines: Sequence[ShownLine]) -> str:
    """One row per line; cells that a spreadsheet would run as a formula are quoted."""
    rows = [row(("start", "end", "speaker_label", "speaker", "text", "original"))]
    for line in lines:
        cells = (line.speaker_label, line.speaker, line.text, line.original or "")
        rows.append(row((f"{line.start:.2f}", f"{line.end:.2f}", *cells)))
    return b"".join(rows).decode()


# The media types that the draft names; others are as detected.
_VCON_TYPES = {"mp3": "audio/x-mp3", "wav": "audio/x-wav", "mp4": "audio/x-mp4", "ogg": "audio/ogg"}


def vcon(recording: RecordingJob, lines: Sequence[ShownLine]) -> str:
    """A conversation container (IETF draft-ietf-vcon-vcon-core, version 0.4.0): parties, dialog, transcript.

    The audio is not included: the dialog has its file's name and type, not a URL that would outlive a permission.
    """
    number = recording.number
    ours = {"tel": number.e164, "name": number.label} if number else {"name": "unknown"}
    container: dict[str, Any] = {
        "vcon": "0.4.0",
        "uuid": str(recording.pk),
        "created_at": timezone.now().isoformat(),
        "subject": title(recording),
        "parties": [ours, _their_party(recording)],
        "dialog": [_dialog(recording)],
        "analysis": [
            {
                "type": "transcript",
                "dialog": 0,
                "vendor": "Sinch",
                "product": "Voice call recording",
                "schema": "sinch-recording-transcript",
                "mediatype": "application/json",
                "encoding": "json",
                "body": json.loads(as_json(recording, lines)),
            }
        ],
    }
    return json.dumps(container, ensure_ascii=False, indent=1)


def _dialog(recording: RecordingJob) -> dict[str, Any]:
    """The recording. Both ends are in each channel: which of them speaks on which is not known."""
    code = format_code(recording)
    channels = recording.audio.get("channels", 1)
    dialog: dict[str, Any] = {
        "type": "recording",
        "start": recording.happened_at.isoformat(),
        "parties": [0, 1] if channels == 1 else [[0, 1]] * channels,
        "mediatype": _VCON_TYPES.get(code) or FORMATS[code].media_type,
        "filename": file_name(recording, FORMATS[code].ending),
    }
    if recording.duration:
        dialog["duration"] = recording.duration
    if recording.direction == "inbound":  # else the first party is taken for who called
        dialog["originator"] = 1
    return dialog


def format_code(recording: RecordingJob) -> str:
    """The code of a recording's true format (audio.formats); of one that was not inspected, the requested one."""
    code = recording.audio.get("format") or recording.problem_values.get("format") or recording.format
    return code if code in FORMATS else "mp3"


EXPORT_FORMATS: dict[str, ExportFormat] = {
    "txt": ExportFormat("Text", "txt", "text/plain", text),
    "srt": ExportFormat("Subtitles, SRT", "srt", "application/x-subrip", srt),
    "vtt": ExportFormat("Subtitles, VTT", "vtt", "text/vtt", vtt),
    "json": ExportFormat("JSON, in Sinch’s format", "json", "application/json", as_json),
    "csv": ExportFormat("Table, CSV", "csv", "text/csv", as_csv),
    "vcon": ExportFormat("Conversation, vCon", "vcon.json", "application/vcon+json", vcon),
}
# Sinch's own file as it came.
SINCH_JSON = "sinch"


def other_party(recording: RecordingJob) -> str:
    """The number, app user or address at the other end of the line, as Sinch wrote it."""
    return _other_end(recording)[0]


def shown_other_party(recording: RecordingJob) -> str:
    """The same for a page."""
    return ends.shown(*_other_end(recording))


def _other_end(recording: RecordingJob) -> tuple[str, str]:
    if recording.call is not None and recording.direction in ("outbound", "callout"):
        return recording.call.called, recording.call.called_type
    return recording.caller, recording.caller_type


def _their_party(recording: RecordingJob) -> dict[str, str]:
    """The other end as a party of a vCon: `tel` holds phone numbers alone."""
    text, kind = _other_end(recording)
    kind = ends.end_type(kind, text)
    if ends.is_withheld(text) and kind == ends.NUMBER:
        return {"name": "unknown"}
    return {{ends.NUMBER: "tel", ends.SIP: "sip"}.get(kind, "name"): text}


def title(recording: RecordingJob) -> str:
    """Both ends of the line: "Support Stockholm and +46…"."""
    return " and ".join(filter(None, (str(recording.number or "Unknown number"), other_party(recording))))


def file_name(recording: RecordingJob, ending: str) -> str:
    """Return a portable file name: time, number, other party, in plain ASCII."""
    when = timezone.localtime(recording.happened_at)
    parts = (f"{when:%Y-%m-%d_%H%M}", slugify(str(recording.number or "unattributed")), slugify(other_party(recording)))
    return "_".join(part[:40] for part in parts if part) + f"_{recording.pk.hex[:8]}.{ending}"


def _with_speaker(line: ShownLine) -> str:
    return f"{line.speaker}: {line.text}" if line.speaker else line.text


def _one_line(said: str) -> str:
    """Return the text without line breaks, and without the arrow that would read as a cue's times."""
    return " ".join(said.split()).replace("-->", "→")


def _cue_text(said: str) -> str:
    return escape(_one_line(said), quote=False)


def _voice(line: ShownLine) -> str:
    return f"<v {_cue_text(line.speaker)}>" if line.speaker.strip() else ""
