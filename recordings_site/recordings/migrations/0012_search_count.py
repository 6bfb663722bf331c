"""Counts on PostgreSQL stay in the database: it sends how many there are, not which."""

from importlib import import_module

from django.db import migrations

_run = import_module("recordings_site.recordings.migrations.0009_search_steps")._run

# Of whole steps only the number of rows is asked: no ids are sorted, gathered and sent.
COUNT = """
CREATE FUNCTION recordings_search_count(match tsquery, most integer) RETURNS integer
LANGUAGE plpgsql STABLE SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    newest bigint := (SELECT COALESCE(max(id), 0) FROM recordings_search_recording);
    width integer;
    step bigint;
    new integer;
    counted integer;
BEGIN
    FOREACH width IN ARRAY '{1,2}'::integer[] LOOP
        counted := 0;
        step := newest >> (28 + 4 * width);
        LOOP
            IF width = 1 THEN
                SELECT count(*) INTO new FROM recordings_search_recording s
                WHERE s.id >> 32 = step AND s.tokens @@ match;
            ELSE
                SELECT count(*) INTO new FROM recordings_search_recording s
                WHERE s.id >> 36 = step AND s.tokens @@ match;
            END IF;
            counted := counted + new;
            IF counted > most THEN
                RETURN counted;
            END IF;
            -- With so few in them, wider steps are counted instead, from the newest again.
            EXIT WHEN (counted + 1) * (16::bigint << (28 + 4 * width))
                < most * (newest - (step << (28 + 4 * width)));
            step := step - 1;
        END LOOP;
    END LOOP;
    RETURN (SELECT count(*) FROM recordings_search_recording s WHERE s.tokens @@ match);
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("recordings", "0011_search_sooner")]

    operations = [migrations.RunPython(_run(COUNT), _run("DROP FUNCTION recordings_search_count"))]
