"""The tables that searches read: tokens of recordings and of lines, in the form that suits each database."""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

# SQLite: FTS5. "ascii" takes every character outside ASCII as a letter, so that our tokens are taken as they are.
# Recordings need no positions ("detail=none"); a phrase must not cross from a line to its correction: three columns.
SQLITE = """
CREATE VIRTUAL TABLE recordings_search_recording USING fts5(
    tokens, tokenize='ascii', detail='none', columnsize=0);
CREATE VIRTUAL TABLE recordings_search_line USING fts5(
    said, corrected, joined, at UNINDEXED, tokenize='ascii', columnsize=0);
CREATE TRIGGER recordings_search_forget AFTER DELETE ON recordings_indexedrecording BEGIN
    DELETE FROM recordings_search_recording WHERE rowid = old.id;
    DELETE FROM recordings_search_line WHERE rowid >= old.id << 14 AND rowid < (old.id + 1) << 14;
END;
"""
SQLITE_BACK = """
DROP TRIGGER recordings_search_forget;
DROP TABLE recordings_search_line;
DROP TABLE recordings_search_recording;
"""
# PostgreSQL: the bucket stands inside the index, so that a walk from the newest bucket can stop early.
POSTGRESQL = """
CREATE EXTENSION IF NOT EXISTS btree_gin;
CREATE TABLE recordings_search_recording (
    id bigint PRIMARY KEY,
    bucket integer NOT NULL GENERATED ALWAYS AS ((id >> 34)::integer) STORED,
    scope bigint NOT NULL,
    tokens tsvector NOT NULL
);
CREATE INDEX recordings_search_recording_tokens ON recordings_search_recording USING gin (bucket, tokens);
CREATE TABLE recordings_search_line (
    id bigint PRIMARY KEY,
    bucket integer NOT NULL GENERATED ALWAYS AS ((id >> 48)::integer) STORED,
    scope bigint NOT NULL,
    at real NOT NULL,
    tokens tsvector NOT NULL
);
CREATE INDEX recordings_search_line_tokens ON recordings_search_line USING gin (bucket, tokens);
CREATE FUNCTION recordings_search_forget() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM recordings_search_recording WHERE id = OLD.id;
    DELETE FROM recordings_search_line WHERE id >= OLD.id << 14 AND id < (OLD.id + 1) << 14;
    RETURN NULL;
END $$;
CREATE TRIGGER recordings_search_forget AFTER DELETE ON recordings_indexedrecording
    FOR EACH ROW EXECUTE FUNCTION recordings_search_forget();
"""
POSTGRESQL_BACK = """
DROP TRIGGER recordings_search_forget ON recordings_indexedrecording;
DROP FUNCTION recordings_search_forget;
DROP TABLE recordings_search_line;
DROP TABLE recordings_search_recording;
"""


def _run(sqlite, postgresql):
    def run(apps, schema_editor):
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(postgresql, params=None)
            return
        pending = ""
        for line in sqlite.strip().splitlines():
            pending += line + "\n"
            if line.endswith(";") and (not pending.startswith("CREATE TRIGGER") or line == "END;"):
                schema_editor.execute(pending, params=None)
                pending = ""

    return run


class Migration(migrations.Migration):
    dependencies = [("recordings", "0002_notes_of_people")]

    operations = [
        migrations.CreateModel(
            name="SpokenLanguage",
            fields=[
                ("code", models.CharField(blank=True, max_length=8, primary_key=True, serialize=False)),
            ],
        ),
        migrations.CreateModel(
            name="SpokenWord",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("word", models.CharField(db_index=True, max_length=64)),
                ("language", models.CharField(blank=True, max_length=8)),
                ("token", models.CharField(max_length=64)),
                ("transcripts", models.PositiveIntegerField(default=1)),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("word", "language"), name="spoken_word_once")],
            },
        ),
        migrations.CreateModel(
            name="IndexedRecording",
            fields=[
                ("id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("scope", models.BigIntegerField(default=0)),
                ("language", models.CharField(blank=True, max_length=8)),
                ("line_count", models.PositiveIntegerField(default=0)),
                ("version", models.PositiveSmallIntegerField()),
                ("indexed_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "recording",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="indexed",
                        to="recordings.recordingjob",
                    ),
                ),
                (
                    "transcript",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="indexed",
                        to="recordings.transcript",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["version", "id"], name="indexed_by_version")],
            },
        ),
        migrations.RunPython(_run(SQLITE, POSTGRESQL), _run(SQLITE_BACK, POSTGRESQL_BACK)),
    ]
