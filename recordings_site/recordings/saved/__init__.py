"""Saved searches and lists, and their alerts. `matching` decides which new recordings they find."""
