"""Retention of what is the site's alone: callbacks as they came, details of decisions, finished tasks, sessions.

Never of recordings, which the buckets' own rules delete, and never of audit rows. It may import what ops may. Start
with `kinds` (what there is, and its settings), then `actions` (doing it in batches).
"""
