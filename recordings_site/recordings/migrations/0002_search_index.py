"""The full-text tables of search with their functions and triggers, in the SQL of each database (search/sql)."""

import sqlite3
from importlib.resources import files

from django.db import migrations

SQL = files("recordings_site.recordings.search") / "sql"


def execute(name):
    def run(apps, schema_editor):
        vendor = schema_editor.connection.vendor
        sql = (SQL / name.format(vendor)).read_text()
        for statement in [sql] if vendor == "postgresql" else statements(sql):
            schema_editor.execute(statement, params=None)

    return run


def statements(sql):
    """SQLite takes one at a time, and a trigger has semicolons inside."""
    pending = ""
    for line in sql.splitlines(keepends=True):
        pending += line
        if sqlite3.complete_statement(pending):
            yield pending
            pending = ""


class Migration(migrations.Migration):
    dependencies = [("recordings", "0001_initial")]

    operations = [migrations.RunPython(execute("{}.sql"), execute("{}_drop.sql"))]
