"""The life of a recording, from expected to deleted: what the facts prove, and the words for where it stands.

It imports the models and what lies below them. Start with `derive_state`.
"""
