"""The worker's reading of stores: inspects audio, loads transcripts, finds what is late or missing.

It may import `search`, `lifecycle`, `audio`, `transcripts` and the rooms below them. What decides "late" and "missing"
is in `late_or_missing`; start with `inspect`.
"""
