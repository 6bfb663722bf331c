"""Transcripts: the lines as they are shown, and their export formats.

It may import `audio`, the models and what lies below. Start with `lines`; `speakers` decides who is who.
"""
