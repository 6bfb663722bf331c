"""The page that connects an application to Sinch: its checklist, where callbacks go, its numbers and secrets.

Imports policies, calls and accounts. Start reading at `checklist.checklist`.
"""
