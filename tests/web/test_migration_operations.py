"""An index is added while rows are written, and again after an attempt that was interrupted."""

import pytest
from django.db import connection, migrations, models
from django.db.migrations.state import ProjectState

from recordings_site.web.migration_operations import AddIndexConcurrently

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.database]


def names() -> set[str]:
    with connection.cursor() as cursor:
        return {*connection.introspection.get_constraints(cursor, "web_thing")}


def test_it_is_added_and_dropped_and_added_where_an_invalid_one_was_left_behind() -> None:
    before = ProjectState()
    fields = [("id", models.BigAutoField(primary_key=True)), ("at", models.IntegerField())]
    migrations.CreateModel("Thing", fields).state_forwards("web", before)
    after = before.clone()
    add = AddIndexConcurrently("thing", models.Index(fields=("at",), name="thing_at"))
    add.state_forwards("web", after)
    with connection.schema_editor() as editor:
        editor.create_model(before.apps.get_model("web", "Thing"))
    try:
        for left_behind in (False, True):
            if left_behind and connection.vendor == "postgresql":
                with connection.cursor() as cursor:
                    cursor.execute("CREATE INDEX thing_at ON web_thing (id)")
            with connection.schema_editor(atomic=False, collect_sql=False) as editor:
                add.database_forwards("web", editor, before, after)
            assert "thing_at" in names()
            with connection.schema_editor(atomic=False) as editor:
                add.database_backwards("web", editor, after, before)
            assert "thing_at" not in names()
    finally:
        with connection.schema_editor() as editor:
            editor.delete_model(before.apps.get_model("web", "Thing"))


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite lets one process write at a time")
def test_postgresql_is_asked_to_build_it_concurrently() -> None:
    before = ProjectState()
    migrations.CreateModel("Thing", [("id", models.BigAutoField(primary_key=True))]).state_forwards("web", before)
    add = AddIndexConcurrently("thing", models.Index(fields=("id",), name="thing_id"))
    after = before.clone()
    add.state_forwards("web", after)
    with connection.schema_editor(atomic=False, collect_sql=True) as editor:
        add.database_forwards("web", editor, before, after)
        assert any("CREATE INDEX CONCURRENTLY" in line for line in editor.collected_sql)
