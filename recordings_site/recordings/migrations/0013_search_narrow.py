"""PostgreSQL keeps the tokens of a recording beside its table: a search passes over many rows and reads few of them."""

from importlib import import_module

from django.db import migrations

_run = import_module("recordings_site.recordings.migrations.0009_search_steps")._run

# A search looks at ids alone: tokens that lie elsewhere leave a hundred times as many of them on a page.
NARROW = """
ALTER TABLE recordings_search_recording ALTER COLUMN tokens SET STORAGE EXTERNAL;
ALTER TABLE recordings_search_recording SET (toast_tuple_target = 128);
"""
WIDE = """
ALTER TABLE recordings_search_recording ALTER COLUMN tokens SET STORAGE EXTENDED;
ALTER TABLE recordings_search_recording RESET (toast_tuple_target);
"""


class Migration(migrations.Migration):
    dependencies = [("recordings", "0012_search_count")]

    operations = [migrations.RunPython(_run(NARROW), _run(WIDE))]
