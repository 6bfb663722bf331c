"""What happened: calls, conference sessions, the decision about each call, callback deliveries, replays of drafts.

Imports `policies` and below. Start reading at `models`, then `actions` (each fact is set once).
"""
