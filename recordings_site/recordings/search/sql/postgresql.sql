-- What search reads on PostgreSQL: the tokens of recordings and of lines, and the functions that walk through them.

CREATE EXTENSION IF NOT EXISTS btree_gin;

CREATE TABLE recordings_search_recording (
    id bigint PRIMARY KEY,
    scope bigint NOT NULL,
    tokens tsvector NOT NULL
);
-- A search looks at ids alone: tokens that lie elsewhere leave a hundred times as many of them on a page.
ALTER TABLE recordings_search_recording ALTER COLUMN tokens SET STORAGE EXTERNAL;
ALTER TABLE recordings_search_recording SET (toast_tuple_target = 128);

CREATE TABLE recordings_search_line (
    id bigint PRIMARY KEY,
    scope bigint NOT NULL,
    at real NOT NULL,
    tokens tsvector NOT NULL
);

-- Recordings' ids begin with the second of the call: 14 bits below it tell calls of one second apart (recordings.ids).
-- Their last 28, 32 and 36 bits are therefore about 4.5 hours, 3 days and 48 days; lines' ids are 14 bits longer.
-- Each step is a key of its own inside the index: a step that holds nothing costs a few comparisons.
CREATE INDEX recordings_search_recording_tokens ON recordings_search_recording
    USING gin ((id >> 28), (id >> 32), (id >> 36), tokens);
CREATE INDEX recordings_search_line_tokens ON recordings_search_line
    USING gin ((id >> 42), (id >> 46), (id >> 50), tokens);

CREATE FUNCTION recordings_search_forget() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM recordings_search_recording WHERE id = OLD.id;
    DELETE FROM recordings_search_line WHERE id >= OLD.id << 14 AND id < (OLD.id + 1) << 14;
    RETURN NULL;
END $$;
CREATE TRIGGER recordings_search_forget AFTER DELETE ON recordings_indexedrecording
    FOR EACH ROW EXECUTE FUNCTION recordings_search_forget();

-- The newest recordings that match, newest first.
-- A step costs as much as some dozens of hits. So the next one is 16 times wider as long as it can be expected, from
-- what this one brought, to hold not many more hits than are wanted. The fourth width is all that there is, of which
-- the newer part was looked at; within given ends there is none, for hits beyond them might be many.
-- "+ 0" keeps the planner off the primary key, which it would walk for a rarer word.
CREATE FUNCTION recordings_search_newest(
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
    hits := '{}';
    SELECT CASE WHEN low <= min(id) AND high > max(id) THEN 3 ELSE 2 END,
        LEAST(high, COALESCE(max(id) + 1, 0)), GREATEST(low, min(id)) INTO widest, high, low
    FROM recordings_search_recording;
    WHILE high > low AND cardinality(hits) < most LOOP
        step := (high - 1) >> (28 + 4 * width);
        bottom := step << (28 + 4 * width);
        CASE width
        WHEN 0 THEN
            SELECT array_agg(n.id ORDER BY n.id DESC) INTO part FROM (
                SELECT s.id FROM recordings_search_recording s
                WHERE s.id >> 28 = step AND s.tokens @@ match AND s.id + 0 < high AND s.id + 0 >= low
                    AND (scopes IS NULL OR s.scope = ANY (scopes))
                ORDER BY s.id + 0 DESC LIMIT most - cardinality(hits)) n;
        WHEN 1 THEN
            SELECT array_agg(n.id ORDER BY n.id DESC) INTO part FROM (
                SELECT s.id FROM recordings_search_recording s
                WHERE s.id >> 32 = step AND s.tokens @@ match AND s.id + 0 < high AND s.id + 0 >= low
                    AND (scopes IS NULL OR s.scope = ANY (scopes))
                ORDER BY s.id + 0 DESC LIMIT most - cardinality(hits)) n;
        WHEN 2 THEN
            SELECT array_agg(n.id ORDER BY n.id DESC) INTO part FROM (
                SELECT s.id FROM recordings_search_recording s
                WHERE s.id >> 36 = step AND s.tokens @@ match AND s.id + 0 < high AND s.id + 0 >= low
                    AND (scopes IS NULL OR s.scope = ANY (scopes))
                ORDER BY s.id + 0 DESC LIMIT most - cardinality(hits)) n;
        ELSE
            SELECT array_agg(n.id ORDER BY n.id DESC) INTO part FROM (
                SELECT s.id FROM recordings_search_recording s
                WHERE s.tokens @@ match AND s.id + 0 < high AND s.id + 0 >= low
                    AND (scopes IS NULL OR s.scope = ANY (scopes))
                ORDER BY s.id + 0 DESC LIMIT most - cardinality(hits)) n;
            bottom := low;
        END CASE;
        part := COALESCE(part, '{}');
        hits := hits || part;
        next_span := CASE WHEN width < 2 THEN 16::bigint << (28 + 4 * width) ELSE bottom - low END;
        IF width < widest AND (cardinality(part) + 1) * next_span < (most - cardinality(hits) + 64) * (high - bottom) THEN
            width := width + 1;
        END IF;
        high := bottom;
    END LOOP;
END $$;

-- The newest recordings (drop_bits 14) or lines (0) of which a line matches, newest first, and the recording before
-- which the walk has to go on when it ended early.
-- The index knows which lines have the words that are needed; whether they make the phrase is seen in the line, which
-- is what costs: a step may hold more hits than are wanted only if it holds few such lines, and never more of them than
-- the budget has left.
CREATE FUNCTION recordings_search_lines(
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
    hits := '{}';
    SELECT CASE WHEN low <= min(id) AND high > max(id) THEN 3 ELSE 2 END,
        LEAST(high, COALESCE(max(id) + 1, 0)), GREATEST(low, min(id)) INTO widest, high, low
    FROM recordings_search_recording;
    WHILE high > low AND cardinality(hits) < most LOOP
        step := (high - 1) >> (28 + 4 * width);
        bottom := step << (28 + 4 * width);
        CASE width
        WHEN 0 THEN
            SELECT count(*), array_agg(DISTINCT n.id >> drop_bits ORDER BY n.id >> drop_bits DESC)
                FILTER (WHERE match IS NULL OR n.tokens @@ match)
            INTO new, part FROM (
                SELECT s.id, s.tokens FROM recordings_search_line s
                WHERE s.id >> 42 = step AND s.tokens @@ needed AND s.id + 0 < high << 14 AND s.id + 0 >= low << 14
                    AND (scopes IS NULL OR s.scope = ANY (scopes))) n;
        WHEN 1 THEN
            SELECT count(*), array_agg(DISTINCT n.id >> drop_bits ORDER BY n.id >> drop_bits DESC)
                FILTER (WHERE match IS NULL OR n.tokens @@ match)
            INTO new, part FROM (
                SELECT s.id, s.tokens FROM recordings_search_line s
                WHERE s.id >> 46 = step AND s.tokens @@ needed AND s.id + 0 < high << 14 AND s.id + 0 >= low << 14
                    AND (scopes IS NULL OR s.scope = ANY (scopes))) n;
        WHEN 2 THEN
            SELECT count(*), array_agg(DISTINCT n.id >> drop_bits ORDER BY n.id >> drop_bits DESC)
                FILTER (WHERE match IS NULL OR n.tokens @@ match)
            INTO new, part FROM (
                SELECT s.id, s.tokens FROM recordings_search_line s
                WHERE s.id >> 50 = step AND s.tokens @@ needed AND s.id + 0 < high << 14 AND s.id + 0 >= low << 14
                    AND (scopes IS NULL OR s.scope = ANY (scopes))) n;
        ELSE
            SELECT count(*), array_agg(DISTINCT n.id >> drop_bits ORDER BY n.id >> drop_bits DESC)
                FILTER (WHERE match IS NULL OR n.tokens @@ match)
            INTO new, part FROM (
                SELECT s.id, s.tokens FROM recordings_search_line s
                WHERE s.tokens @@ needed AND s.id + 0 < high << 14 AND s.id + 0 >= low << 14
                    AND (scopes IS NULL OR s.scope = ANY (scopes))) n;
            bottom := low;
        END CASE;
        part := COALESCE(part, '{}');
        hits := hits || part;
        next_span := CASE WHEN width < 2 THEN 16::bigint << (28 + 4 * width) ELSE bottom - low END;
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
        END IF;
        high := bottom;
    END LOOP;
    IF high > low AND cardinality(hits) < most THEN
        reached := high;
    END IF;
    hits := hits[1:most];
END $$;

-- How many recordings match; counting ends soon after `most`.
-- Of whole steps only the number of rows is asked: no ids are sorted, gathered and sent.
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

-- The newest recordings of each match until one brings enough.
-- Each match is satisfied by all that satisfy the one before: the last one that brings enough holds them all.
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
