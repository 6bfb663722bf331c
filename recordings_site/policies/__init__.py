"""How calls are recorded: applications, phone numbers, policies and their versions.

`engine` decides and renders SVAML without Django; `revision` loads what is in force; `editor` and `applications` are
the pages. Imports `destinations` and below. Start reading at `models`, then `engine.document`.
"""
