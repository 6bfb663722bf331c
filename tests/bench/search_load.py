"""Loads the corpus of the benches into a database and into tantivy, once; all are kept.

Text is turned into tokens once for all databases. Rows come by COPY or many at a time and the indexes after them, for
what is measured is search, and five million lines are to be there within half an hour.
"""

import marshal
import re
from collections.abc import Iterator, Sequence
from datetime import timedelta
from importlib.resources import files
from itertools import islice
from pathlib import Path
from typing import Any

import tantivy
from django.core.management import call_command
from django.db import connection, transaction
from tqdm import tqdm

from recordings_site.calls.models import Call, Direction
from recordings_site.destinations.models import Destination
from recordings_site.policies.models import PhoneNumber
from recordings_site.recordings.models import (
    IndexedLanguage,
    IndexedRecording,
    IndexedWord,
    Origin,
    RecordingJob,
    Transcript,
    line_ids,
)
from recordings_site.recordings.search.engines.postgresql import quoted, tsvector
from recordings_site.recordings.search.text.line_tokens import LineText, LineTokens, line_tokens, recording_tokens
from recordings_site.recordings.search.text.tokens import VERSION
from tests import factories
from tests.bench import corpus

BATCH = 5000
SPEAKERS = ("Speaker 1", "Speaker 2")
COUNTED = 20_000  # calls whose words the prefixes are taken from: the words' order is what matters

Batch = list[tuple[int, corpus.SpokenCall, list[LineTokens]]]


def load(size: float, folder: Path) -> None:
    """Fill an empty database; one that was filled to the end before is left as it is, a half-filled one goes on."""
    call_command("migrate", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)
    numbers = list(PhoneNumber.objects.order_by("digits")) or _people_and_numbers()
    IndexedLanguage.objects.get_or_create(code="en")
    done, total = IndexedRecording.objects.count(), int(corpus.CALLS * size)
    if done == total and IndexedWord.objects.exists():
        return
    if done < total:
        _before()
    with tqdm(total=total, initial=done, unit="call", desc=f"Loading into {connection.vendor}") as progress:
        for batch in islice(tokenized(size, folder, numbers), done // BATCH, None):
            with transaction.atomic():
                _load(batch, numbers)
            progress.update(len(batch))
    _count_words(size)
    _after()


def _people_and_numbers() -> list[PhoneNumber]:
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
    return numbers


def tokenized(size: float, folder: Path, numbers: Sequence[PhoneNumber]) -> Iterator[Batch]:
    """The calls with the tokens of their lines, in batches; kept in a file, for tokens take most of the time."""
    kept = folder / "tokens"
    if not kept.exists():
        half = kept.with_suffix(".half")
        spoken = enumerate(tqdm(corpus.calls(size), total=int(corpus.CALLS * size), unit="call", desc="Tokens"))
        with half.open("wb") as file:
            while batch := list(islice(spoken, BATCH)):
                rows = [
                    [
                        (each.position, each.at, each.readings, each.joined)
                        for each in _line_tokens(said, numbers[said.number].pk)
                    ]
                    for _, said in batch
                ]
                marshal.dump(rows, file)
        half.rename(kept)
    spoken = enumerate(corpus.calls(size))
    with kept.open("rb") as file:
        while batch := list(islice(spoken, BATCH)):
            known = marshal.load(file)
            yield [
                (index, said, [LineTokens(*row) for row in rows])
                for (index, said), rows in zip(batch, known, strict=True)
            ]


def _line_tokens(said: corpus.SpokenCall, scope: int) -> list[LineTokens]:
    texts = [LineText(place, 10.0 * place, (SPEAKERS[place % 2],), text) for place, text in enumerate(said.lines)]
    return [line_tokens(text, "en", scope, {}) for text in texts]


def _before() -> None:
    """Make the database quick to fill."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            for name, _ in _token_indexes():
                cursor.execute(f"DROP INDEX IF EXISTS {name}")
        else:
            # Nothing of it has to survive a power cut until it is full.
            cursor.execute("PRAGMA synchronous = OFF")
            cursor.execute("PRAGMA cache_size = -400000")


def _after() -> None:
    """The indexes, in the state that a well-kept database has."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET maintenance_work_mem = '1GB'")
            for _, definition in _token_indexes():
                cursor.execute(definition)
            cursor.execute("VACUUM ANALYZE")
        else:
            for table in ("recordings_search_line", "recordings_search_recording"):
                cursor.execute(f"INSERT INTO {table} ({table}) VALUES ('optimize')")
            cursor.execute("ANALYZE")


def _token_indexes() -> list[tuple[str, str]]:
    """The indexes over tokens, as the migration makes them: their names and definitions."""
    sql = (files("recordings_site.recordings.search") / "sql/postgresql.sql").read_text()
    found = re.findall(r"CREATE INDEX ((\w+) [^;]*);", sql)
    return [(name, f"CREATE INDEX IF NOT EXISTS {rest}") for rest, name in found]


def _load(batch: Batch, numbers: Sequence[PhoneNumber]) -> None:
    application, store = numbers[0].application_id, Destination.objects.values_list("pk", flat=True).get(name="Bench")
    calls, jobs, transcripts, indexed = [], [], [], []
    for index, said, _ in batch:
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
                pk=line_ids.first_id(said.began) + index % line_ids.MOST, recording=jobs[-1], transcript_id=index + 1,
                scope=number.pk, language="en", line_count=len(said.lines), version=VERSION,
            )
        )  # fmt: skip
    Call.objects.bulk_create(calls, batch_size=500)
    RecordingJob.objects.bulk_create(jobs, batch_size=500)
    Transcript.objects.bulk_create(transcripts, batch_size=500)
    IndexedRecording.objects.bulk_create(indexed, batch_size=500)
    _write("recordings_transcriptline", "id, transcript_id, position, timestamp, speaker_label, text", _lines(batch))
    if connection.vendor == "postgresql":
        _write("recordings_search_recording", "id, scope, tokens", _recordings(batch, indexed))
        _write("recordings_search_line", "id, scope, at, tokens", _line_vectors(batch, indexed))
    else:
        _write("recordings_search_recording", "rowid, tokens", _recordings(batch, indexed))
        readings = "said, said_merged, corrected, corrected_merged"
        _write("recordings_search_line", f"rowid, {readings}, joined, at", _line_columns(batch, indexed))


def _write(table: str, columns: str, rows: Iterator[tuple[Any, ...]]) -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            places = ", ".join("?" * len(columns.split(",")))
            cursor.cursor.connection.executemany(f"INSERT INTO {table} ({columns}) VALUES ({places})", rows)


def _lines(batch: Batch) -> Iterator[tuple[Any, ...]]:
    for index, said, _ in batch:
        for place, text in enumerate(said.lines):
            yield index * corpus.LINES + place + 1, index + 1, place, 10.0 * place, SPEAKERS[place % 2], text


def _recordings(batch: Batch, indexed: Sequence[IndexedRecording]) -> Iterator[tuple[Any, ...]]:
    """What search.index writes of whole recordings."""
    for (_, _, lines), row in zip(batch, indexed, strict=True):
        whole = recording_tokens(lines, row.scope)
        if connection.vendor == "postgresql":
            yield row.id, row.scope, " ".join(map(quoted, whole))
        else:
            yield row.id, " ".join(whole)


def _line_vectors(batch: Batch, indexed: Sequence[IndexedRecording]) -> Iterator[tuple[Any, ...]]:
    for (_, _, lines), row in zip(batch, indexed, strict=True):
        for line in lines:
            yield line_ids.line_id(row.id, line.position), row.scope, line.at, tsvector(line)


def _line_columns(batch: Batch, indexed: Sequence[IndexedRecording]) -> Iterator[tuple[Any, ...]]:
    for (_, _, lines), row in zip(batch, indexed, strict=True):
        for line in lines:
            columns = (" ".join(each) for each in (*line.readings, line.joined))
            yield (line_ids.line_id(row.id, line.position), *columns, line.at)


def _count_words(size: float) -> None:
    """The words of prefixes, counted over a part of the corpus."""
    counted: dict[str, int] = {}
    tokens: dict[str, str] = {}
    for said in islice(corpus.calls(size), COUNTED):
        words: dict[str, str] = {}
        for text in said.lines:
            line_tokens(LineText(0, 0.0, (), text), "en", None, words)
        tokens |= words
        for word in words:
            counted[word] = counted.get(word, 0) + 1
    IndexedWord.objects.all().delete()
    IndexedWord.objects.bulk_create(
        (
            IndexedWord(word=word, backwards=word[::-1], language="en", token=tokens[word], transcripts=times)
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
    writer = index.writer(heap_size=400_000_000, num_threads=2)
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
