"""Searches on PostgreSQL walk back in steps of 4.5 hours, 3 or 48 days, in one call: functions, and an index for them."""

from django.db import migrations

# Recordings' ids begin with the second of the call: 14 bits below it tell calls of one second apart (search.ids).
# Their last 28, 32 and 36 bits are therefore about 4.5 hours, 3 days and 48 days; lines' ids are 14 bits longer.
# Each step is a key of its own inside the index: a step into which nothing falls costs a few comparisons. With the
# column of the former buckets goes the index that stood on it.
INDEXES = """
ALTER TABLE recordings_search_recording DROP COLUMN bucket;
ALTER TABLE recordings_search_line DROP COLUMN bucket;
CREATE INDEX recordings_search_recording_tokens ON recordings_search_recording
    USING gin ((id >> 28), (id >> 32), (id >> 36), tokens);
CREATE INDEX recordings_search_line_tokens ON recordings_search_line
    USING gin ((id >> 42), (id >> 46), (id >> 50), tokens);
ANALYZE recordings_search_recording;
ANALYZE recordings_search_line;
"""

# "+ 0" keeps the planner off the primary key, which it would walk for a rarer word.
RECORDINGS_IN_STEP = """
            SELECT array_agg(n.id ORDER BY n.id DESC) INTO part FROM (
                SELECT s.id FROM recordings_search_recording s
                WHERE s.id >> {bits} = step AND s.tokens @@ match AND s.id + 0 < high AND s.id + 0 >= low
                    AND (scopes IS NULL OR s.scope = ANY (scopes))
                ORDER BY s.id + 0 DESC LIMIT most - cardinality(hits)) n;"""
# The index knows which lines have the words; whether they make the phrase is seen in the line, which is what costs.
LINES_IN_STEP = """
            SELECT count(*), array_agg(DISTINCT n.id >> drop_bits ORDER BY n.id >> drop_bits DESC)
                FILTER (WHERE match IS NULL OR n.tokens @@ match)
            INTO new, part FROM (
                SELECT s.id, s.tokens FROM recordings_search_line s
                WHERE s.id >> {bits} = step AND s.tokens @@ needed AND s.id + 0 < high << 14 AND s.id + 0 >= low << 14
                    AND (scopes IS NULL OR s.scope = ANY (scopes))) n;"""

# Steps grow wider after two that brought little, so that neither a common word reads more than it shows nor a rare one
# takes many steps. The newer part of a wider step was looked at before: little was there.
WALK = """
    SELECT LEAST(high, COALESCE(max(id) + 1, 0)), GREATEST(low, min(id)) INTO high, low
    FROM recordings_search_recording;
    WHILE high > low AND cardinality(hits) < most LOOP
        step := (high - 1) >> (28 + 4 * width);
        CASE width
        WHEN 0 THEN{narrow}
        WHEN 1 THEN{middle}
        ELSE{wide}
        END CASE;
        part := COALESCE(part, '{{}}');
        hits := hits || part;
        high := step << (28 + 4 * width);
{after}
        poor := CASE WHEN few THEN poor + 1 ELSE 0 END;
        IF poor = 2 AND width < 2 THEN
            width := width + 1;
            poor := 0;
        END IF;
    END LOOP;
"""
RECORDINGS = """
CREATE FUNCTION recordings_search_newest(
    match tsquery, scopes bigint[], low bigint, high bigint, most integer, OUT hits bigint[]
) LANGUAGE plpgsql STABLE SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    part bigint[];
    step bigint;
    width integer := 0;
    few boolean;
    poor integer := 0;
BEGIN
    hits := '{{}}';{walk}END $$;
"""
RECORDINGS_AFTER = """
        few := 16 * cardinality(part) < most;"""
LINES = """
CREATE FUNCTION recordings_search_lines(
    needed tsquery, match tsquery, scopes bigint[], low bigint, high bigint, most integer, budget integer,
    drop_bits integer, OUT hits bigint[], OUT reached bigint
) LANGUAGE plpgsql STABLE SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    part bigint[];
    new integer;
    looked integer := 0;
    step bigint;
    width integer := 0;
    few boolean;
    poor integer := 0;
BEGIN
    hits := '{{}}';{walk}    IF high > low AND cardinality(hits) < most THEN
        reached := high;
    END IF;
    hits := hits[1:most];
END $$;
"""
LINES_AFTER = """
        looked := looked + new;
        EXIT WHEN looked >= budget;
        few := 16 * cardinality(part) < most AND 16 * new < budget - looked;"""
BACK = """
DROP FUNCTION recordings_search_newest;
DROP FUNCTION recordings_search_lines;
DROP INDEX recordings_search_recording_tokens;
DROP INDEX recordings_search_line_tokens;
ALTER TABLE recordings_search_recording
    ADD COLUMN bucket integer NOT NULL GENERATED ALWAYS AS ((id >> 34)::integer) STORED;
ALTER TABLE recordings_search_line
    ADD COLUMN bucket integer NOT NULL GENERATED ALWAYS AS ((id >> 48)::integer) STORED;
CREATE INDEX recordings_search_recording_tokens ON recordings_search_recording USING gin (bucket, tokens);
CREATE INDEX recordings_search_line_tokens ON recordings_search_line USING gin (bucket, tokens);
"""


def _function(whole, in_step, after, bits):
    steps = {name: in_step.format(bits=each) for name, each in zip(("narrow", "middle", "wide"), bits, strict=True)}
    return whole.format(walk=WALK.format(**steps, after=after.strip("\n")))


POSTGRESQL = (
    INDEXES
    + _function(RECORDINGS, RECORDINGS_IN_STEP, RECORDINGS_AFTER, (28, 32, 36))
    + _function(LINES, LINES_IN_STEP, LINES_AFTER, (42, 46, 50))
)


def _run(sql):
    def run(apps, schema_editor):
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(sql, params=None)

    return run


class Migration(migrations.Migration):
    dependencies = [("recordings", "0008_comment_told_at")]

    operations = [migrations.RunPython(_run(POSTGRESQL), _run(BACK))]
