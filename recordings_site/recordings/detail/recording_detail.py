"""What the page of a recording shows, read in a fixed number of queries, whatever the length of the call."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.urls import reverse

from recordings_site.accounts.models import Role, User
from recordings_site.base.formatting import timecode
from recordings_site.calls import sentences as calls
from recordings_site.calls.bodies import shown_body
from recordings_site.calls.models import CallbackDelivery
from recordings_site.destinations.models import offered_kinds
from recordings_site.recordings.annotations.forms import AssignNumberForm, SelectedSpan
from recordings_site.recordings.annotations.queries import Annotations, annotations_of
from recordings_site.recordings.audio.waveform import unpack
from recordings_site.recordings.explain import timeline
from recordings_site.recordings.explain.timeline import Explanation
from recordings_site.recordings.lifecycle import sentences
from recordings_site.recordings.lifecycle.reported import parse_reported_location
from recordings_site.recordings.links import recording_url
from recordings_site.recordings.models import (
    AWAITED,
    NEAR_AN_END,
    AudioIndex,
    FileState,
    Listening,
    Problem,
    RecordingJob,
    State,
    Transcript,
)
from recordings_site.recordings.neighbours.queries import Neighbours, neighbours_of
from recordings_site.recordings.playback.clips import can_clip
from recordings_site.recordings.playback.version import audio_url
from recordings_site.recordings.transcripts import exports
from recordings_site.recordings.transcripts.chapters import Chapter, chapters_of
from recordings_site.recordings.transcripts.lines import ShownLine, shown_lines
from recordings_site.recordings.transcripts.talk import Talk, talk_of
from recordings_site.sinch.uploads.reported_place import named_store

# The page lists at most this many callbacks; only large conferences have more.
MOST_CALLBACKS = 200


@dataclass(frozen=True, slots=True)
class Availability:
    """The state to show, the sentence that explains it, whether there is audio to play, whether it is to
    come, and whether there is a file at all."""

    state: str
    sentence: str
    playable: bool
    awaited: bool = False
    has_file: bool = False


@dataclass(frozen=True, slots=True)
class Permissions:
    """What this user may do on the page; each action checks it again."""

    comment: bool
    edit: bool
    export: bool
    # Callbacks, SVAML, keys and paths.
    technical: bool


@dataclass(frozen=True, slots=True)
class CallbackRow:
    """One callback about the call, as the page lists it."""

    at: datetime
    name: str
    result: str
    verdict: str
    body: Any


@dataclass(frozen=True)
class RecordingPage:
    """Everything that recordings/detail/recording.html needs."""

    recording: RecordingJob
    availability: Availability
    permissions: Permissions
    siblings: Sequence[RecordingJob]
    transcript: Transcript | None
    explanation: Explanation
    callbacks: Sequence[CallbackRow]
    listening: Listening | None
    selected: SelectedSpan
    annotations: Annotations
    neighbours: Neighbours | None
    has_peaks: bool
    player_settings: dict[str, Any]
    # For admins, while the recording has no number.
    assign_form: AssignNumberForm | None
    # For admins, while it is stored elsewhere: the form of a destination that covers its place, filled in.
    add_destination_url: str

    @cached_property
    def lines(self) -> Sequence[ShownLine]:
        """The transcript's lines, read only when they are shown: partial responses to htmx have none."""
        return shown_lines(self.transcript) if self.transcript is not None else ()

    @cached_property
    def talk(self) -> Talk:
        """Who spoke how much."""
        return talk_of(self.lines, self._waveform, self.recording.duration or 0)

    @cached_property
    def chapters(self) -> Sequence[Chapter]:
        """The parts of a long call."""
        return chapters_of(self.lines, self._waveform, self.recording.duration or 0)

    @cached_property
    def _waveform(self) -> Sequence[bytes]:
        return unpack(AudioIndex.of(self.recording).peaks)

    @property
    def played(self) -> bool:
        """Whether the user has played it, or marked it as played."""
        return self.listening is not None and self.listening.played_at is not None

    @property
    def transcript_elsewhere(self) -> str:
        """The bucket in which Sinch reported a transcript that no destination covers, else ""."""
        reported = self.recording.reported_transcript_destination
        covered = not reported or parse_reported_location(reported).destination is not None
        return "" if covered else sentences.where(reported)

    @property
    def title(self) -> str:
        """The title of the browser tab."""
        return f"{self.recording.number or 'Unknown number'} {self.other_party} {self.recording.happened_at:%Y-%m-%d}"

    @property
    def other_party(self) -> str:
        """Who is at the other end of the line: a number, an app user, an address."""
        return exports.shown_other_party(self.recording)

    @property
    def policy(self) -> str:
        """The name of the policy version that decided."""
        decision = self.recording.decision
        return str(decision.policy_version) if decision and decision.policy_version else ""

    @property
    def export_formats(self) -> list[tuple[str, str]]:
        """The formats of transcript exports: key and label."""
        return [(key, form.label) for key, form in exports.EXPORT_FORMATS.items()]

    @property
    def can_clip(self) -> bool:
        """Whether this user may cut clips of this recording, and its format allows it."""
        return self.permissions.export and can_clip(self.recording)

    @property
    def share_url(self) -> str:
        """A link to the selected time; it opens for users who can see the recording."""
        return settings.PUBLIC_URL + recording_url(self.recording.pk, start=self.selected.t, end=self.selected.end)

    @property
    def quote(self) -> str:
        """The selected line with its link, to paste into a ticket."""
        line = self.annotations.line
        said = f"{line.speaker}: {line.text}" if line and line.speaker else line.text if line else ""
        return f"> {said}\n{self.share_url}"

    @property
    def parts(self) -> str:
        """Where the parts of the recording begin, in seconds: a player loads each by itself."""
        return " ".join(f"{part['at']:.3f}" for part in self.recording.audio.get("parts", ())) or "0"

    @property
    def exact(self) -> bool:
        """Whether a player loads the recording anew for each seek, because its own would miss by more than a second."""
        return bool(self.recording.audio.get("astray", 0) > 1)

    @property
    def seconds(self) -> str:
        """The recording's length for the player, "" while unknown."""
        return f"{self.recording.duration:.3f}" if self.recording.duration else ""

    @property
    def audio_url(self) -> str:
        """The audio's URL; a media fragment starts it at the selected time even without JavaScript."""
        fragment = f"#t={timecode(self.selected.t)}" if self.selected.t is not None else ""
        return audio_url(self.recording) + fragment

    @property
    def resume(self) -> str:
        """The position to continue from, "" at the start or near the end."""
        at = self.listening.position if self.listening else 0.0
        near_the_end = self.recording.duration is not None and at > self.recording.duration - NEAR_AN_END
        return "" if at < NEAR_AN_END or near_the_end else f"{at:.1f}"


def permissions_of(user: User) -> Permissions:
    """Support may comment; supervisors and admins may also correct, tag and export; auditors
    only read. How a recording came about, callback by callback, is for admins and auditors.
    """
    return Permissions(
        comment=user.role != Role.AUDITOR,
        edit=user.role in (Role.SUPERVISOR, Role.ADMIN),
        export=user.role != Role.SUPPORT,
        technical=user.sees_technical_details,
    )


def recording_page(
    recording: RecordingJob, user: User, selected: SelectedSpan, list_name: str | None = None
) -> RecordingPage:
    """Return the page of a recording visible to the user; the span and the name of the list are from its URL."""
    transcript = Transcript.objects.filter(recording=recording).defer("raw").first()
    if transcript is not None:
        transcript.recording = recording
    peaks = AudioIndex.of(recording).peaks
    return RecordingPage(
        recording=recording,
        availability=availability_of(recording),
        permissions=permissions_of(user),
        siblings=list(RecordingJob.objects.visible_to(user).of_same_call(recording)),
        transcript=transcript,
        explanation=timeline.of_recording(recording, user),
        callbacks=_callbacks(recording, user) if user.sees_technical_details else [],
        listening=Listening.objects.filter(recording=recording, user=user).first(),
        selected=selected,
        annotations=annotations_of(recording, transcript, user, selected),
        neighbours=neighbours_of(recording, user, list_name),
        has_peaks=bool(peaks),
        player_settings=user.preferences.get("player", {}),
        assign_form=AssignNumberForm(user=user) if user.is_admin and recording.number_id is None else None,
        add_destination_url=add_destination_url(recording) if user.is_admin else "",
    )


def availability_of(recording: RecordingJob) -> Availability:
    """Return the recording's state, and whether it can be played."""
    state = recording.shown_state
    if recording.is_available:
        notes = " ".join(filter(None, (sentences.problem(recording), sentences.short(recording))))
        return Availability(
            state, notes, playable=state != FileState.UNPLAYABLE, has_file=recording.problem_code != Problem.GONE
        )
    return Availability(state, sentences.no_audio_reason(recording), playable=False, awaited=state in AWAITED)


def add_destination_url(recording: RecordingJob) -> str:
    """Return the form of a new destination that covers the place of a recording stored elsewhere, "" if none can."""
    store = named_store(recording.reported_destination)
    if recording.state != State.ELSEWHERE or store.kind not in {kind.name for kind in offered_kinds()}:
        return ""
    place = {"name": store.bucket} | {part: getattr(store, part) for part in ("account", "bucket", "folder", "region")}
    query = urlencode({name: value for name, value in place.items() if value})
    return f"{reverse('destination_new', args=[store.kind])}?{query}"


def _callbacks(recording: RecordingJob, user: User) -> list[CallbackRow]:
    """Return the deliveries about the recording, its call or conference session, in the order of arrival."""
    rows = CallbackDelivery.objects.about(
        user, call=recording.call, session=recording.conference_session, recordings=[recording.pk]
    )[:MOST_CALLBACKS]
    return [
        CallbackRow(
            at=row.received_at,
            name=row.notify_type or row.event.upper(),
            result=calls.result(row),
            verdict=row.get_verdict_display() if row.verdict != CallbackDelivery.Verdict.ACCEPTED else "",
            body=shown_body(row),
        )
        for row in rows
    ]
