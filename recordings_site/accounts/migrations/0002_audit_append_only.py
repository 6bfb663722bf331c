"""Forbids to change or delete audit rows."""

from django.db import migrations

from recordings_site.accounts import append_only


def forbid(apps, schema_editor):
    for statement in append_only.create(schema_editor.connection.vendor):
        schema_editor.execute(statement, params=None)


def allow(apps, schema_editor):
    for statement in append_only.drop(schema_editor.connection.vendor):
        schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]
    operations = [migrations.RunPython(forbid, allow)]
