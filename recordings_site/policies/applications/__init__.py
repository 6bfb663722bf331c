"""Applications and phone numbers: their forms, connecting an application to Sinch, importing its numbers.

Imports `models`, `revision` and `editor`. Start reading at `views`, then `actions_connect`.
"""
