"""The models: a recording from expected to deleted, its transcript, annotations, saved searches, index rows."""

from recordings_site.recordings.models.annotations import (
    NEAR_AN_END,
    Comment,
    LineCorrection,
    Listening,
    RecordingTag,
    SpeakerName,
    Tag,
)
from recordings_site.recordings.models.reconciliation import Reconciliation
from recordings_site.recordings.models.recording import RecordingJob, RecordingJobQuerySet
from recordings_site.recordings.models.saved import SavedMatch, SavedPage, SavedSearch
from recordings_site.recordings.models.search_rows import IndexedRecording, SpokenLanguage, SpokenWord
from recordings_site.recordings.models.states import (
    AWAITED,
    DeletedCode,
    Origin,
    OverdueCode,
    OverdueKind,
    Problem,
    Shown,
    Standing,
    State,
    origin_choices,
    shown_state,
)
from recordings_site.recordings.models.transcript import Transcript, TranscriptLine

__all__ = [
    "AWAITED",
    "NEAR_AN_END",
    "Comment",
    "DeletedCode",
    "IndexedRecording",
    "LineCorrection",
    "Listening",
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
    "SpeakerName",
    "SpokenLanguage",
    "SpokenWord",
    "Standing",
    "State",
    "Tag",
    "Transcript",
    "TranscriptLine",
    "origin_choices",
    "shown_state",
]
