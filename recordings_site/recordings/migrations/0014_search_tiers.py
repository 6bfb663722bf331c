"""The best of all recordings that say a word are found on PostgreSQL in one call, those that say most of it first."""

from importlib import import_module

from django.db import migrations

_run = import_module("recordings_site.recordings.migrations.0009_search_steps")._run

# Each match is satisfied by all that satisfy the one before: the last one that brings enough holds them all.
TIERS = """
CREATE FUNCTION recordings_search_tiers(matches tsquery[], scopes bigint[], low bigint, high bigint, most integer)
RETURNS SETOF bigint[] LANGUAGE plpgsql STABLE AS $$
DECLARE
    match tsquery;
    tier bigint[];
BEGIN
    FOREACH match IN ARRAY matches LOOP
        tier := recordings_search_newest(match, scopes, low, high, most);
        RETURN NEXT tier;
        EXIT WHEN cardinality(tier) >= most;
    END LOOP;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("recordings", "0013_search_narrow")]

    operations = [migrations.RunPython(_run(TIERS), _run("DROP FUNCTION recordings_search_tiers"))]
