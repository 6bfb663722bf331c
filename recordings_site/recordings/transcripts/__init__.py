"""Transcripts: the lines as people read them, and their export formats. Start with `lines`."""
