"""Copies of the policies outside of the database: each node's file, and those that fallbacks fetch.

It may import what ops may. Start with `keeping` (a node's own file), then `views` (who fetches it) and `copies` (how
old each is).
"""
