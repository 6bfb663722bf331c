"""Who: people, the teams that own numbers, roles, signing in, and the audit trail.

`access` holds what each view behind the sign-in needs, `audit` writes the chained trail, `picking` is for rows that
are chosen by typing. Imports `web` and `base`. Start reading at `models`, then `access`.
"""
