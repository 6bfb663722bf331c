"""Teams, applications, policies and numbers as one JSON file, for version control and for another installation.

Imports `numbers`, `applications`, `editor` and the rooms below them. Start reading at `importing`, then `file`.
"""
