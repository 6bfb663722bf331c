"""What the log looks like, and what it never shows: one line per event, with its ids and without secrets.

Imports only `base`. Start reading at `log_format`; `redaction` knows the secrets in use.
"""
