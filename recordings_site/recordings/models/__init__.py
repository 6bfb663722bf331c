"""The models: a recording from expected to deleted, its transcript, annotations, saved searches, index rows."""

from recordings_site.recordings.models.annotations import (
    NEAR_AN_END,
    AudioSent,
    Comment,
    LineCorrection,
    Listening,
    RecordingTag,
    Side,
    SpeakerName,
    Tag,
)
from recordings_site.recordings.models.attribution import AttributedRecording, Attribution
from recordings_site.recordings.models.audio_index import AudioIndex
from recordings_site.recordings.models.completeness import NumberDay
from recordings_site.recordings.models.merged import MergedRecording
from recordings_site.recordings.models.reconciliation import Reconciliation
from recordings_site.recordings.models.recording import RecordingJob, RecordingJobQuerySet
from recordings_site.recordings.models.saved import SavedMatch, SavedPage, SavedSearch
from recordings_site.recordings.models.search_rows import IndexedLanguage, IndexedRecording, IndexedWord
from recordings_site.recordings.models.states import (
    AWAITED,
    LOOKED_FOR,
    SILENT,
    UNPLAYABLE,
    DeletedCode,
    FileState,
    LocaleSource,
    Origin,
    OverdueCode,
    OverdueKind,
    Problem,
    Shown,
    State,
    StateColumns,
    origin_choices,
    shown_state,
)
from recordings_site.recordings.models.summary import CallSummary
from recordings_site.recordings.models.transcript import Transcript, TranscriptLine

__all__ = [
    "AWAITED",
    "LOOKED_FOR",
    "NEAR_AN_END",
    "SILENT",
    "UNPLAYABLE",
    "AttributedRecording",
    "Attribution",
    "AudioIndex",
    "AudioSent",
    "CallSummary",
    "Comment",
    "DeletedCode",
    "FileState",
    "IndexedLanguage",
    "IndexedRecording",
    "IndexedWord",
    "LineCorrection",
    "Listening",
    "LocaleSource",
    "MergedRecording",
    "NumberDay",
    "Origin",
    "OverdueCode",
    "OverdueKind",
    "Problem",
    "Reconciliation",
    "RecordingJob",
    "RecordingJobQuerySet",
    "RecordingTag",
    "SavedMatch",
    "SavedPage",
    "SavedSearch",
    "Shown",
    "Side",
    "SpeakerName",
    "State",
    "StateColumns",
    "Tag",
    "Transcript",
    "TranscriptLine",
    "origin_choices",
    "shown_state",
]
