"""The life of a recording, from expected to deleted: its state derived from facts, and the sentences for it.

It may import the models and what lies below them. Start with `derive_state`; `pairing` decides which file is that of
which recording.
"""
