"""The policy editor: forms, preview, publishing, versions.

Imports the rooms below it: `revision`, `models`, `engine`. Start reading at `views`, then `publishing`.
"""
