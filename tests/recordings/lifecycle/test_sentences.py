"""Each code has its words, with its values in them."""

from typing import Any

import pytest

from recordings_site.recordings.lifecycle import sentences
from recordings_site.recordings.models import DeletedCode, OverdueCode, OverdueKind, Problem
from recordings_site.sinch.transcript import Problem as TranscriptProblem
from recordings_site.sinch.transcript import Unreadable
from tests import factories

pytestmark = pytest.mark.django_db

AT = "2026-03-05T12:07:00+00:00"
VALUES: dict[str, dict[str, Any]] = {
    OverdueCode.NOT_WRITTEN: {"minutes": 1440},
    OverdueCode.NOT_LISTED: {"at": AT},
    Problem.REPLACED: {"at": AT, "seen": AT},
    Problem.GONE: {"at": AT},
    Problem.UNPLAYABLE: {"format": "wav_gsm"},
}


@pytest.mark.parametrize("problem", Problem)
def test_each_problem_of_a_file_is_a_sentence_of_its_own(problem: Problem) -> None:
    said = sentences.reason(factories.recording(problem_code=problem, problem_values=VALUES.get(problem, {})))
    assert said.endswith(".")
    others = (factories.recording(problem_code=other, problem_values=VALUES.get(other, {})) for other in Problem)
    assert [sentences.problem(other) for other in others].count(said) == 1
    assert ("5 March 2026, 12:07 UTC" in said) is ("at" in VALUES.get(problem, {}))


@pytest.mark.parametrize("kind", OverdueKind)
@pytest.mark.parametrize("code", OverdueCode)
def test_what_is_overdue_says_why_and_its_page_since_when(kind: OverdueKind, code: OverdueCode) -> None:
    job = factories.overdue(overdue_kind=kind, overdue_code=code, overdue_values=VALUES[code])
    assert sentences.reason(job)[:1].isupper()
    absence = sentences.no_audio_reason(job)
    assert "Overdue since 14 January 2026, 09:30 UTC." in absence
    assert sentences.overdue(job) in absence
    assert kind.label in absence


def test_what_was_replaced_and_never_examined_before_says_so() -> None:
    job = factories.recording(problem_code=Problem.REPLACED, problem_values={"at": AT})
    assert sentences.problem(job).endswith("first seen earlier.")


@pytest.mark.parametrize("code", DeletedCode)
def test_what_is_deleted_says_when_and_why(code: DeletedCode) -> None:
    job = factories.deleted(deleted_code=code)
    assert "deleted on 14 January 2026: it was" in sentences.no_audio_reason(job)


VALUES_OF_TRANSCRIPTS = {"lines": 20_000, "kept": 16_384, "size": 17_000_000, "limit": 16_000_000}


@pytest.mark.parametrize("problem", TranscriptProblem)
def test_each_problem_of_a_transcript_has_words_of_its_own(problem: TranscriptProblem) -> None:
    values = VALUES_OF_TRANSCRIPTS | {"reason": Unreadable.NOT_JSON}
    said = [sentences.transcript_problem({"code": other, **values}) for other in TranscriptProblem]
    assert said.count(sentences.transcript_problem({"code": problem, **values})) == 1


@pytest.mark.parametrize(
    ("code", "lines", "said"),
    [
        (TranscriptProblem.TIMELESS_LINES, 1, "1 line has no usable timestamp, so it’s shown at"),
        (TranscriptProblem.TIMELESS_LINES, 1200, "1,200 lines have no usable timestamp, so they’re shown at"),
        (TranscriptProblem.ODD_LINES, 1, "1 entry in the file isn’t text and was skipped."),
        (TranscriptProblem.ODD_LINES, 2, "2 entries in the file aren’t text and were skipped."),
        (TranscriptProblem.TOO_LONG, 20_000, "Only the first 16,384 of 20,000 lines"),
    ],
)
def test_what_is_odd_about_a_transcript_is_counted_in_grammar(code: TranscriptProblem, lines: int, said: str) -> None:
    assert said in sentences.transcript_problem({"code": code, "lines": lines, "kept": 16_384})


@pytest.mark.parametrize("reason", Unreadable)
def test_a_transcript_that_cannot_be_read_says_why(reason: Unreadable) -> None:
    said = sentences.transcript_problem({"code": TranscriptProblem.UNREADABLE, "reason": reason})
    assert said.startswith("The transcript file can’t be read: it isn’t")


def test_there_is_nothing_to_say_of_what_is_well() -> None:
    assert sentences.reason(factories.recording()) == ""
