-- What search reads on SQLite: the tokens of recordings and of lines in FTS5.
-- "ascii" takes every character outside ASCII as a letter, so that our tokens are taken as they are.

-- Recordings need no positions.
CREATE VIRTUAL TABLE recordings_search_recording USING fts5(
    tokens, tokenize='ascii', detail='none', columnsize=0);

-- A phrase must not cross from one reading of a line to another: a column for each.
CREATE VIRTUAL TABLE recordings_search_line USING fts5(
    said, said_merged, corrected, corrected_merged, joined, at UNINDEXED, tokenize='ascii', columnsize=0);

CREATE TRIGGER recordings_search_forget AFTER DELETE ON recordings_indexedrecording BEGIN
    DELETE FROM recordings_search_recording WHERE rowid = old.id;
    DELETE FROM recordings_search_line WHERE rowid >= old.id << 14 AND rowid < (old.id + 1) << 14;
END;
