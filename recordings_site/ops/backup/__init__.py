"""Backup and restore of the database, and the drill that proves a restored site.

It may import what ops may. Start with `database` (dump and restore), then `manifest` (what a backup says of itself) and
`drill` (what is proved). A backup holds no key, neither CREDENTIALS_KEYS nor AUDIT_KEY: without them nothing opens.
"""
