"""What the worker does with stored callbacks: apply what had to wait, verify what is suspect, report broken calls.

Imports `callbacks.handlers`, `recordings.lifecycle` and below. Start reading at `actions`; `tasks` has the schedules.
"""
