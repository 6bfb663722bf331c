"""The state of a recording follows from its facts, and never steps back."""

import itertools

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from recordings_site.recordings.lifecycle import actions, objects
from recordings_site.recordings.lifecycle.derive_state import RANK, StateRegression, state_of, update_state
from recordings_site.recordings.models import DeletedCode, OverdueCode, OverdueKind, RecordingJob, State
from recordings_site.storage import ObjectStat
from tests import factories

pytestmark = pytest.mark.django_db

FACTS = ("not_recorded_at", "started_at", "finished_at", "available_at", "deleted_at")


def test_whatever_the_order_of_the_facts_no_state_steps_back() -> None:
    for order in itertools.permutations(FACTS):
        job = RecordingJob()
        ranks = [RANK[state_of(job)]]
        for fact in order:
            setattr(job, fact, factories.LONG_AGO)
            update_state(job)
            ranks.append(RANK[State(job.state)])
        assert ranks == sorted(ranks), order
        assert job.state == State.DELETED


@pytest.mark.parametrize("fact", FACTS)
def test_a_fact_is_taken_away_on_purpose_alone(fact: str) -> None:
    job = RecordingJob(**{fact: factories.LONG_AGO})
    update_state(job)
    proven = job.state
    setattr(job, fact, None)
    job.finished_at = None
    with pytest.raises(StateRegression, match=proven):
        update_state(job)
    assert job.state == proven
    update_state(job, allow_regression=True)
    assert job.state == State.EXPECTED


def mark(job: RecordingJob, kind: OverdueKind, code: OverdueCode = OverdueCode.NOT_WRITTEN) -> RecordingJob:
    return objects.mark_overdue(job.pk, kind=kind, code=code, values={"minutes": 10}, at=timezone.now())


def test_what_is_late_becomes_missing_and_not_the_other_way_round() -> None:
    job = factories.recording(available_at=None)
    late = mark(job, OverdueKind.LATE)
    assert late.shown_state == OverdueKind.LATE
    assert mark(job, OverdueKind.MISSING).shown_state == OverdueKind.MISSING
    again = mark(job, OverdueKind.LATE, OverdueCode.NOT_LISTED)
    assert (again.shown_state, again.overdue_code) == (OverdueKind.MISSING, OverdueCode.NOT_WRITTEN)
    assert again.overdue_since == late.overdue_since


@pytest.mark.parametrize("facts", [{}, {"not_recorded_at": factories.LONG_AGO, "started_at": None}])
def test_what_is_there_or_cannot_be_is_never_overdue(facts: dict[str, object]) -> None:
    job = factories.recording(**{"finished_at": None, "available_at": None, **facts} if facts else {})
    assert mark(job, OverdueKind.LATE).overdue_since is None
    with pytest.raises(IntegrityError), transaction.atomic():
        RecordingJob.objects.filter(pk=job.pk).update(
            overdue_since=timezone.now(), overdue_kind="late", overdue_code="not_written"
        )


def test_nothing_is_overdue_any_more_once_it_arrives_or_its_call_was_never_answered() -> None:
    arrived, unanswered = factories.overdue(), factories.overdue(started_at=None, finished_at=None)
    stat = ObjectStat(arrived.key, 5, '"1"', timezone.now())
    arrived = objects.mark_available(arrived.pk, stat=stat, at=timezone.now())
    assert (arrived.shown_state, arrived.overdue_kind) == (State.AVAILABLE, "")
    assert unanswered.call is not None
    unanswered.call.answered_at, unanswered.call.dice_result = None, "NOANSWER"
    unanswered.call.save()
    actions.update_states(unanswered.call)
    unanswered.refresh_from_db()
    assert (unanswered.shown_state, unanswered.overdue_since) == (State.NOT_RECORDED, None)


@pytest.mark.parametrize(
    "wrong",
    [
        {"overdue_since": factories.LONG_AGO},
        {"overdue_kind": "late", "overdue_code": "not_written"},
        {"overdue_since": factories.LONG_AGO, "overdue_kind": "late"},
        {"overdue_since": factories.LONG_AGO, "overdue_kind": "overdue", "overdue_code": "not_written"},
        {"problem_code": "not a code"},
        {"deleted_at": factories.LONG_AGO},
        {"deleted_code": "gone"},
    ],
)
def test_the_database_keeps_no_half_a_code(wrong: dict[str, object]) -> None:
    job = factories.recording(available_at=None)
    with pytest.raises(IntegrityError), transaction.atomic():
        RecordingJob.objects.filter(pk=job.pk).update(**wrong)


def test_a_deleted_file_that_lies_there_again_is_available_again() -> None:
    job = factories.recording()
    deleted = objects.mark_deleted(
        job.pk, by=None, code=DeletedCode.GONE, values={"at": timezone.now().isoformat()}, at=timezone.now()
    )
    assert deleted.shown_state == State.DELETED
    assert objects.mark_restored(job.pk).shown_state == State.AVAILABLE
