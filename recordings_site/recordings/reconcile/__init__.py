"""Reconciliation of a destination: links, adopts and flags what its store holds. Start with `walk`."""
