"""Sentences for the state of a recording, made from codes and values."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Protocol

from django.utils.text import capfirst
from django.utils.timezone import localtime

from recordings_site.base.formatting import counted, day, filesize, grouped, instant, spoken_duration
from recordings_site.destinations.kinds import KINDS
from recordings_site.recordings.audio.formats import FORMATS
from recordings_site.recordings.models import (
    DeletedCode,
    OverdueCode,
    OverdueKind,
    Problem,
    RecordingJob,
    State,
    StateColumns,
    shown_state,
)
from recordings_site.sinch import transcript
from recordings_site.sinch.uploads import reported_place
from recordings_site.sinch.uploads.destination_url import SCHEMES

Values = Mapping[str, Any]

_OF_FILES = {
    Problem.NOT_AUDIO: "This file isn’t audio.",
    Problem.MP3_WITHOUT_SOUND: "This mp3 file contains no audio.",
    Problem.WAV_UNREADABLE: "This wav file is damaged and can’t be read.",
    Problem.WAV_WITHOUT_SOUND: "This wav file contains no audio.",
    Problem.UNDECODABLE: "This file can’t be decoded.",
    Problem.EMPTY: "This file is empty.",
    Problem.TOO_LARGE: "The file is too large to analyze, so its length and waveform aren’t known.",
}


_OF_UNREADABLE = {
    transcript.Unreadable.NOT_UTF8: "it isn’t UTF-8 text",
    transcript.Unreadable.NOT_JSON: "it isn’t valid JSON",
    transcript.Unreadable.NOT_AN_OBJECT: "it isn’t a JSON object",
}


class StateRow(StateColumns, Protocol):
    """A recording, or those of its columns that a list reads."""

    @property
    def reported_destination(self) -> str:
        """The place that Sinch reported, without secrets, or empty."""

    @property
    def overdue_code(self) -> str:
        """One of OverdueCode, or empty."""

    @property
    def overdue_values(self) -> Values:
        """The values of that code."""

    @property
    def problem_code(self) -> str:
        """One of Problem, or empty."""

    @property
    def problem_values(self) -> Values:
        """The values of that code."""

    @property
    def is_short(self) -> bool:
        """Whether the call's parts hold less audio than they should."""

    @property
    def expected_seconds(self) -> float | None:
        """Seconds from start to stop of all the call's parts."""

    @property
    def recorded_seconds(self) -> float | None:
        """Seconds of audio of all the call's parts."""


def reason(row: StateRow) -> str:
    """Return why a recording is in its state, "" when there is nothing to add."""
    if row.state == State.ELSEWHERE:
        return f"Stored in {where(row.reported_destination)}, which isn’t one of your destinations."
    return capfirst(_why_overdue(row)) if row.overdue_kind else problem(row) or short(row)


def short(row: StateRow) -> str:
    """By how much a recording is too short, "" when it is not."""
    if not row.is_short:
        return ""
    return (
        f"Short: {spoken_duration(row.recorded_seconds)} of audio, but recording ran for"
        f" {spoken_duration(row.expected_seconds)}."
    )


def overdue(row: StateRow) -> str:
    """Return whether a file is late or missing, and why."""
    return f"{OverdueKind(row.overdue_kind).label}: {_why_overdue(row)}"


def _why_overdue(row: StateRow) -> str:
    values = row.overdue_values
    match row.overdue_kind, row.overdue_code:
        case _, OverdueCode.NOT_LISTED:
            return f"expected, but not found in storage on {_datetime(values['at'])}."
        case OverdueKind.LATE, _:
            return f"not uploaded within {counted(values['minutes'], 'minute')} of the end of the call."
        case OverdueKind.MISSING, _:
            return (
                f"nothing was uploaded within {counted(round(values['minutes'] / 60), 'hour')}. Sinch doesn’t report"
                " failed uploads. An admin can check the destination and its write credentials."
            )
    return ""


def problem(row: StateRow) -> str:
    """Return what is wrong with the file, "" for nothing."""
    values = row.problem_values
    match row.problem_code:
        case "":
            return ""
        case Problem.REPLACED:
            seen = f"first seen {_day(values['seen'])}" if values.get("seen") else "first seen earlier"
            return f"The file was replaced in storage on {_datetime(values['at'])}; {seen}."
        case Problem.GONE:
            return f"The file was no longer in storage on {_datetime(values['at'])}."
        case Problem.UNPLAYABLE:
            return unplayable(values["format"])
        case code:
            return _OF_FILES[Problem(code)]


def unplayable(code: str) -> str:
    """What to do with a file of a format (audio.formats) that no browser plays."""
    return (
        f"This file is {FORMATS[code].label}, which browsers can’t play. Download it and open it in another player,"
        " such as VLC."
    )


def transcript_problem(problem: Values) -> str:
    """Return what is wrong with a transcript's file: one of Transcript.problems."""
    lines = problem.get("lines", 0)
    one = lines == 1
    match transcript.Problem(problem["code"]):
        case transcript.Problem.UNREADABLE:
            return f"The transcript file can’t be read: {_OF_UNREADABLE[transcript.Unreadable(problem['reason'])]}."
        case transcript.Problem.TOO_LARGE:
            return (
                f"The transcript file ({filesize(problem['size'])}) is larger than the {filesize(problem['limit'])}"
                " that can be shown and searched."
            )
        case transcript.Problem.DAMAGED:
            return "The transcript file is damaged or incomplete. Anything after the last line shown here is missing."
        case transcript.Problem.NO_LINES:
            return "The transcript file has no lines."
        case transcript.Problem.TOO_LONG:
            return (
                f"Only the first {grouped(problem['kept'])} of {counted(lines, 'line')} are shown and can be searched."
                " The original file has all of them."
            )
        case transcript.Problem.TEXT_ALONE:
            return "The transcript has no timestamps, so it can’t follow the audio."
        case transcript.Problem.ODD_LINES:
            return (
                f"{counted(lines, 'entry', 'entries')} in the file {'isn’t text' if one else 'aren’t text'} "
                f"and {'was' if one else 'were'} skipped."
            )
        case transcript.Problem.TIMELESS_LINES:
            return (
                f"{counted(lines, 'line')} {'has' if one else 'have'} no usable timestamp, so"
                f" {'it’s' if one else 'they’re'} shown at the previous line’s time."
            )
        case transcript.Problem.LONG_LABELS:
            return (
                f"{counted(lines, 'line')} {'has' if one else 'have'} a speaker label longer than"
                f" {transcript.MAX_LABEL} characters, which was shortened."
            )
        case transcript.Problem.MILLISECONDS:
            return "The times in the file were read as milliseconds."


def deleted(recording: RecordingJob) -> str:
    """Return why a recording was deleted, to follow a colon or a comma."""
    match DeletedCode(recording.deleted_code):
        case DeletedCode.GONE:
            return f"it was no longer in storage on {_datetime(recording.deleted_values['at'])}"


def no_audio_reason(recording: RecordingJob) -> str:
    """Return why a recording has no audio."""
    match shown_state(recording):
        case State.DELETED:
            on = f" on {day(localtime(recording.deleted_at))}" if recording.deleted_at else ""
            return f"This recording was deleted{on}: {deleted(recording)}."
        case OverdueKind.LATE | OverdueKind.MISSING:
            since = f" Overdue since {instant(localtime(recording.overdue_since))}." if recording.overdue_since else ""
            return f"{overdue(recording)}{since}"
        case State.NOT_RECORDED:
            return "The call was never answered, so nothing was recorded."
        case State.ELSEWHERE:
            return _elsewhere(recording)
        case State.FINISHED if recording.reported_destination:
            place = where(recording.reported_destination)
            return (
                f"Sinch reported this recording in {place}, which isn’t one of your destinations. We’re checking"
                " the requested location."
            )
        case State.FINISHED if recording.reported_at is not None and recording.destination_id is None:
            return "Sinch reported this recording without saying where it is stored."
        case State.FINISHED:
            return "Sinch has finished this recording, but has not uploaded it yet. It usually takes a minute or two."
        case State.AVAILABLE:
            return "The file is no longer in storage. It was removed or renamed outside this site."
        case _:
            return "Not uploaded yet. The call may still be in progress."


def _elsewhere(recording: RecordingJob) -> str:
    place = where(recording.reported_destination)
    here = f"It’s stored in {place}, which isn’t one of your destinations, so it can’t be played."
    if recording.destination is None:
        return here
    return f"{here} It was meant for {recording.destination}, but wasn’t found there."


def where(reported: str) -> str:
    """The bucket, or the host, that a reported place names."""
    store = reported_place.named_store(reported)
    if not store.kind:
        return f"“{store.host or reported}”"
    account = f" in the account “{store.account}”" if store.account else ""
    return f"the {KINDS[store.kind].label} {SCHEMES[store.kind].bucket} “{store.bucket}”{account}"


def _datetime(iso: str) -> str:
    return instant(_local(iso))


def _day(iso: str) -> str:
    return day(_local(iso))


def _local(iso: str) -> datetime:
    """A kept time in the active zone; one without an offset is of UTC."""
    at = datetime.fromisoformat(iso)
    return localtime(at if at.tzinfo else at.replace(tzinfo=UTC))
