"""Annotations of a recording: comments, tags, corrections, speaker names, mentions.

It may import `search`, `ingest`, `transcripts` and the rooms below them. Start with `actions` (every write but that of
a line, which is in `corrections`), then `queries`.
"""
