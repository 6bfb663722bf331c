"""Keeping it running: health, metrics, reconciliation, the commands."""
