"""Saved searches and lists, and their alerts.

It may import `search`, `criteria` and the rooms below them. `matching` decides which new recordings match; start there.
"""
