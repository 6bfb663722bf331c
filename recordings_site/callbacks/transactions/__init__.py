"""How callbacks use the database: within a deadline, and several in one transaction.

Imports only `web` and `base`. Start reading at `deadline`.
"""
