"""Finds words in transcripts: from text to tokens, from a typed query to hits, on SQLite and PostgreSQL alike."""
