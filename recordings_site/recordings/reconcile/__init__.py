"""Reconciliation of a destination: links, adopts and flags what its store holds.

It may import `ingest`, `lifecycle` and the rooms below them. Start with `walk`.
"""
