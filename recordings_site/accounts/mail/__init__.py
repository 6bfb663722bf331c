"""E-mail: whatever is sent becomes a row and a task, and a worker sends it: no request waits for a mail server.

Imports accounts.models and tasks. Start reading at `backend`.
"""
