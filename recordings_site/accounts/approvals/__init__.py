"""Changes that take two admins: who asks for one does not carry it out.

Each kind of change is declared beside what it changes (`kinds.change`). Imports accounts.models, accounts.audit and
tasks. Start reading at `kinds`, then `actions`.
"""
