"""The policy editor: forms, preview, publishing, versions, import and export of policies.

Imports the rooms below it: `revision`, `models`, `engine`. Start reading at `views`, then `publishing`.
"""
