"""Drops indexes of tables that calls wait for, while the site runs."""

from collections.abc import Callable, Mapping

from django.apps.registry import Apps
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations import RunPython


def dropped(indexes: Mapping[str, str]) -> RunPython:
    """Drops indexes, told by their names with what they are on: "calls_call (number_id)". Back, they are made again.

    On PostgreSQL nobody waits for it who reads or writes, which forbids a transaction: the migration is not atomic.
    """
    return RunPython(
        _run("DROP INDEX {} IF EXISTS {};", indexes), _run("CREATE INDEX {} IF NOT EXISTS {} ON {};", indexes)
    )


def _run(statement: str, indexes: Mapping[str, str]) -> Callable[[Apps, BaseDatabaseSchemaEditor], None]:
    def run(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
        how = "CONCURRENTLY" if schema_editor.connection.vendor == "postgresql" else ""
        for name, on in indexes.items():
            schema_editor.execute(statement.format(how, name, on))

    return run
