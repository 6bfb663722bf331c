"""Plumbing of pages, Django without models: keyset pages, byte ranges, error pages, CSV, JSON as HTML, template tags.

Imports only `base`. Start reading at `keyset`; what depends on the user (typed request, pickers) is in `accounts`.
"""
