"""The worker's reading of stores: inspects audio, loads transcripts, finds what is overdue.

It may import `search`, `lifecycle`, `audio`, `transcripts` and the rooms below them. What decides "late" and "missing"
is in `overdue`; start with `inspect`.
"""
