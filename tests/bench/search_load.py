"""Loads the corpus of the benches into a database and into tantivy, once; both are kept."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import islice
from pathlib import Path

import tantivy
from django.core.management import call_command
from django.db import connection, transaction
from tqdm import tqdm

from recordings_site.calls.models import Call, Direction
from recordings_site.destinations.models import Destination
from recordings_site.policies.models import PhoneNumber
from recordings_site.recordings.models import (
    IndexedRecording,
    Origin,
    RecordingJob,
    SpokenLanguage,
    SpokenWord,
    Transcript,
    TranscriptLine,
)
from recordings_site.recordings.search import ids
from recordings_site.recordings.search.index import LineText, line_tokens, write_tokens
from recordings_site.recordings.search.tokens import VERSION
from tests import factories
from tests.bench import corpus

BATCH = 250
SPEAKERS = ("Speaker 1", "Speaker 2")


def load(size: float) -> None:
    """Fill an empty database; one that was filled to the end before is left as it is, a half-filled one goes on."""
    call_command("migrate", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)
    numbers = list(PhoneNumber.objects.order_by("digits"))
    if not numbers:
        application, team = factories.application(), factories.team()
        numbers = [
            factories.number(application=application, team=team, digits=f"4620{index:07}")
            for index in range(corpus.NUMBERS)
        ]
        # The team of whom a scoped search is made: three numbers of the five hundred.
        scoped = factories.team(name="Scoped")
        PhoneNumber.objects.filter(pk__in=[numbers[index].pk for index in (40, 41, 42)]).update(team=scoped)
        factories.user(teams=[scoped], email="scoped@example.com")
        factories.admin(email="admin@example.com")
        factories.destination(name="Bench")
    SpokenLanguage.objects.get_or_create(code="en")
    done = IndexedRecording.objects.count()
    total = int(corpus.CALLS * size)
    with tqdm(total=total, initial=done, unit="call", desc=f"Loading into {connection.vendor}") as progress:
        spoken = islice(enumerate(corpus.calls(size)), done, None)
        while batch := list(islice(spoken, BATCH)):
            with transaction.atomic():
                _load(batch, numbers)
            progress.update(len(batch))
    if done < total:
        _count_words(size)
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute("VACUUM ANALYZE")
            else:
                for table in ("recordings_search_line", "recordings_search_recording"):
                    cursor.execute(f"INSERT INTO {table} ({table}) VALUES ('optimize')")
                cursor.execute("ANALYZE")


def _load(batch: list[tuple[int, corpus.SpokenCall]], numbers: list[PhoneNumber]) -> None:
    application, store = numbers[0].application_id, Destination.objects.values_list("pk", flat=True).get(name="Bench")
    calls, jobs, transcripts, indexed = [], [], [], []
    for index, said in batch:
        number = numbers[said.number]
        calls.append(
            Call(
                pk=index + 1, application_id=application, call_id=f"bench-{index}", direction=Direction.INBOUND,
                number=number, caller=f"+4670{index % 10_000_000:07}", started_at=said.began,
            )
        )  # fmt: skip
        jobs.append(
            RecordingJob(
                call_id=index + 1, origin=Origin.FLAG, number=number, direction=Direction.INBOUND,
                caller=calls[-1].caller, happened_at=said.began, destination_id=store, key=f"{index}.mp3",
                started_at=said.began, available_at=said.began + timedelta(minutes=4), duration=200.0,
                state="available", locale="en-US", transcription=True,
            )
        )  # fmt: skip
        transcripts.append(
            Transcript(pk=index + 1, recording=jobs[-1], raw=b"{}", locale="en-US", line_count=len(said.lines))
        )
        indexed.append(
            IndexedRecording(
                pk=ids.first_id(said.began) + index % ids.MOST, recording=jobs[-1], transcript_id=index + 1,
                scope=number.pk, language="en", line_count=len(said.lines), version=VERSION,
            )
        )  # fmt: skip
    Call.objects.bulk_create(calls)
    RecordingJob.objects.bulk_create(jobs)
    Transcript.objects.bulk_create(transcripts)
    IndexedRecording.objects.bulk_create(indexed)
    TranscriptLine.objects.bulk_create(_lines(batch), batch_size=2000)
    for (_, said), row in zip(batch, indexed, strict=True):
        texts = [LineText(place, 10.0 * place, (SPEAKERS[place % 2],), text) for place, text in enumerate(said.lines)]
        write_tokens(row, [line_tokens(text, "en", row.scope, {}) for text in texts])


def _lines(batch: list[tuple[int, corpus.SpokenCall]]) -> Iterator[TranscriptLine]:
    for index, said in batch:
        for place, text in enumerate(said.lines):
            yield TranscriptLine(
                id=index * corpus.LINES + place + 1, transcript_id=index + 1, position=place, timestamp=10.0 * place,
                speaker_label=SPEAKERS[place % 2], text=text,
            )  # fmt: skip


def _count_words(size: float) -> None:
    """The words of prefixes, counted over a part of the corpus: their order is what matters."""
    counted: dict[str, int] = {}
    tokens: dict[str, str] = {}
    for said in islice(corpus.calls(size), 20_000):
        words: dict[str, str] = {}
        for text in said.lines:
            line_tokens(LineText(0, 0.0, (), text), "en", None, words)
        tokens |= words
        for word in words:
            counted[word] = counted.get(word, 0) + 1
    SpokenWord.objects.all().delete()
    SpokenWord.objects.bulk_create(
        (
            SpokenWord(word=word, language="en", token=tokens[word], transcripts=times)
            for word, times in counted.items()
        ),
        batch_size=2000,
    )


def tantivy_index(size: float, folder: Path) -> tantivy.Index:
    """The same lines in tantivy, stemmed by its own English stemmer, with a fast field to order by."""
    builder = tantivy.SchemaBuilder()
    builder.add_integer_field("id", stored=True, indexed=True, fast=True)
    builder.add_text_field("text", tokenizer_name="en_stem")
    schema = builder.build()
    kept = folder / "tantivy"
    if (kept / "complete").exists():
        return tantivy.Index(schema, path=str(kept))
    kept.mkdir(exist_ok=True)
    index = tantivy.Index(schema, path=str(kept))
    writer = index.writer(heap_size=200_000_000, num_threads=2)
    serial = 0
    for said in tqdm(corpus.calls(size), total=int(corpus.CALLS * size), unit="call", desc="Loading into tantivy"):
        for text in said.lines:
            serial += 1
            writer.add_document(tantivy.Document(id=serial, text=text))
    writer.commit()
    writer.wait_merging_threads()
    (kept / "complete").touch()
    index.reload()
    return index
