"""Searches on PostgreSQL widen their steps sooner, in the end to all that is older."""

from importlib import import_module

from django.db import migrations

_before = import_module("recordings_site.recordings.migrations.0009_search_steps")

# A step costs as much as some dozens of hits. So the next one is 16 times wider as long as it can be expected, from
# what this one brought, to hold not many more hits than are wanted. The fourth width is all that there is, of which
# the newer part was looked at; within given ends there is none, for hits beyond them might be many.
WALK = """
    SELECT CASE WHEN low <= min(id) AND high > max(id) THEN 3 ELSE 2 END,
        LEAST(high, COALESCE(max(id) + 1, 0)), GREATEST(low, min(id)) INTO widest, high, low
    FROM recordings_search_recording;
    WHILE high > low AND cardinality(hits) < most LOOP
        step := (high - 1) >> (28 + 4 * width);
        bottom := step << (28 + 4 * width);
        CASE width
        WHEN 0 THEN{narrow}
        WHEN 1 THEN{middle}
        WHEN 2 THEN{wide}
        ELSE{whole}
            bottom := low;
        END CASE;
        part := COALESCE(part, '{{}}');
        hits := hits || part;
        next_span := CASE WHEN width < 2 THEN 16::bigint << (28 + 4 * width) ELSE bottom - low END;
{after}
        high := bottom;
    END LOOP;
"""
RECORDINGS_AFTER = """
        IF width < widest AND (cardinality(part) + 1) * next_span < (most - cardinality(hits) + 64) * (high - bottom) THEN
            width := width + 1;
        END IF;"""
# Lines that only have the words of a phrase cost as much as those that have the phrase: a step may hold more hits than
# are wanted only if it holds few such lines, and never more of them than the budget has left.
LINES_AFTER = """
        looked := looked + new;
        IF looked >= budget THEN
            high := bottom;
            EXIT;
        END IF;
        IF width < widest AND (new + 1) * next_span < (budget - looked) * (high - bottom) AND (
            (cardinality(part) + 1) * next_span < (most - cardinality(hits)) * (high - bottom)
            OR (new + 1) * next_span < (most - cardinality(hits) + 64) * (high - bottom)
        ) THEN
            width := width + 1;
        END IF;"""
RECORDINGS = """
CREATE OR REPLACE FUNCTION recordings_search_newest(
    match tsquery, scopes bigint[], low bigint, high bigint, most integer, OUT hits bigint[]
) LANGUAGE plpgsql STABLE SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    part bigint[];
    step bigint;
    bottom bigint;
    next_span bigint;
    width integer := 0;
    widest integer;
BEGIN
    hits := '{{}}';{walk}END $$;
"""
LINES = """
CREATE OR REPLACE FUNCTION recordings_search_lines(
    needed tsquery, match tsquery, scopes bigint[], low bigint, high bigint, most integer, budget integer,
    drop_bits integer, OUT hits bigint[], OUT reached bigint
) LANGUAGE plpgsql STABLE SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    part bigint[];
    new integer;
    looked integer := 0;
    step bigint;
    bottom bigint;
    next_span bigint;
    width integer := 0;
    widest integer;
BEGIN
    hits := '{{}}';{walk}    IF high > low AND cardinality(hits) < most THEN
        reached := high;
    END IF;
    hits := hits[1:most];
END $$;
"""


def _function(whole, in_step, after, bits):
    steps = {name: in_step.format(bits=each) for name, each in zip(("narrow", "middle", "wide"), bits, strict=True)}
    steps["whole"] = in_step.replace("s.id >> {bits} = step AND ", "")
    return whole.format(walk=WALK.format(**steps, after=after.strip("\n")))


POSTGRESQL = _function(RECORDINGS, _before.RECORDINGS_IN_STEP, RECORDINGS_AFTER, (28, 32, 36)) + _function(
    LINES, _before.LINES_IN_STEP, LINES_AFTER, (42, 46, 50)
)
BACK = (
    "DROP FUNCTION recordings_search_newest; DROP FUNCTION recordings_search_lines;"
    + _before._function(_before.RECORDINGS, _before.RECORDINGS_IN_STEP, _before.RECORDINGS_AFTER, (28, 32, 36))
    + _before._function(_before.LINES, _before.LINES_IN_STEP, _before.LINES_AFTER, (42, 46, 50))
)


class Migration(migrations.Migration):
    dependencies = [("recordings", "0010_overdue_newest")]

    operations = [migrations.RunPython(_before._run(POSTGRESQL), _before._run(BACK))]
