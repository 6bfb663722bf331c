"""Recordings: jobs, transcripts, annotations, playback, search and their pages, one Django app of rooms.

The rooms and their order are in the README ("How it is built"), held by import-linter. Start with `models.recording`,
then `lifecycle`.
"""
