"""Who: people, the teams that own numbers, roles, signing in, and the audit trail.

`access` holds what each view behind the sign-in needs, `audit` writes the chained trail, `picking` is for rows that
are chosen by typing; signing in is in `sign_in`, `sessions`, `two_step` and `single_sign_on`. Imports `web` and `base`.
Start reading at `models`, then `access`.
"""
