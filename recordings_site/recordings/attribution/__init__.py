"""Gives recordings without a number one, many at once, by a rule: previewed, done by the worker, undone.

It may import `ingest`, `lifecycle` and the rooms below them. Start with `rule`, then `actions`.
"""
