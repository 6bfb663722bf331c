"""Plumbing of pages, Django without models: keyset pages, byte ranges, error pages, CSV, JSON as HTML, template tags.

`logs` is what the log shows, `html` the HTML that Python writes; what depends on the user (typed request, pickers) is
in `accounts`. Imports only `base`. Start reading at `keyset`.
"""
