"""`manage.py reindex`: what is behind is indexed, whatever happened in between."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from recordings_site.ops.worker.loop import drain
from recordings_site.ops.worker.periodic import reindex_outdated
from recordings_site.recordings import search
from recordings_site.recordings.ingest.transcripts import enqueue_outdated
from recordings_site.recordings.management.commands import reindex
from recordings_site.recordings.models import IndexedRecording, IndexedWord, Transcript
from recordings_site.tasks import registry
from tests import factories

pytestmark = pytest.mark.django_db


def transcript(text: str) -> Transcript:
    return factories.transcript(factories.recording(), [(0.0, "Speaker 1", text)])


def run(**options: object) -> str:
    out = StringIO()
    call_command("reindex", stdout=out, **options)
    return out.getvalue()


def test_what_is_missing_or_behind_is_indexed_and_nothing_else() -> None:
    current, behind, _missing = (transcript("refund") for _ in range(3))
    before = search.index(current).indexed_at
    search.index(behind)
    IndexedRecording.objects.filter(transcript=behind).update(version=0)
    assert run() == "2 transcripts indexed.\n"
    assert IndexedRecording.objects.count() == 3
    assert IndexedRecording.objects.get(transcript=current).indexed_at == before
    assert run() == "0 transcripts indexed.\n"


def test_a_worker_catches_up_by_itself_the_newest_first() -> None:
    made = [transcript("refund") for _ in range(3)]
    for each in made:
        search.index(each)
    IndexedRecording.objects.update(version=0)
    IndexedWord.objects.update(token="old")
    enqueue_outdated(2)
    drain(registry.load())
    behind = IndexedRecording.objects.get(version=0)
    assert behind.pk == min(IndexedRecording.objects.values_list("pk", flat=True))
    reindex_outdated()
    drain(registry.load())
    assert not IndexedRecording.objects.filter(version=0).exists()
    assert IndexedWord.objects.get(word="refund").token != "old"


def test_words_are_counted_once_however_often_a_transcript_is_indexed() -> None:
    for _ in range(2):
        search.index(transcript("refund"))
    run(all=True)
    assert IndexedWord.objects.get(word="refund").transcripts == 2


def test_an_interruption_loses_nothing_and_says_how_to_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(3):
        search.index(transcript("refund"))
    done = []

    def until_interrupted(each: Transcript) -> IndexedRecording:
        if len(done) == 1:
            raise KeyboardInterrupt
        done.append(each)
        return search.index(each)

    monkeypatch.setattr(reindex, "index_transcript", until_interrupted)
    said = run(all=True)
    assert "Stopped after 1 transcript. Resume with: manage.py reindex --all --before " in said
    assert IndexedRecording.objects.count() == 3
    monkeypatch.undo()
    assert run(all=True, before=said.split("--before ")[1].strip()) == "2 transcripts indexed.\n"


def test_searches_answer_while_transcripts_of_older_tokens_are_indexed_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    admin = factories.admin()
    for text in ("order 20 45", "order 2045", "order twenty forty-five"):
        search.index(transcript(text))
    IndexedRecording.objects.update(version=search.VERSION - 1)
    answered = []

    def found() -> int:
        asked = search.read('"order 2045"', now=timezone.now(), zone=admin.zone)
        assert asked.node is not None
        return len(search.find(asked.node, user=admin).hits)

    def then_searched(each: Transcript) -> IndexedRecording:
        answered.append(found())
        return search.index(each)

    monkeypatch.setattr(reindex, "index_transcript", then_searched)
    assert run() == "3 transcripts indexed.\n"
    assert [*answered, found()] == [3, 3, 3, 3]
    assert not IndexedRecording.objects.exclude(version=search.VERSION).exists()


def test_an_invalid_time_gives_an_error() -> None:
    with pytest.raises(CommandError, match="with its offset"):
        run(all=True, before="yesterday")
