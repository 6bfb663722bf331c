"""The search page: results and their breakdown. Search itself is `recordings.search`.

It may import `search`, `saved`, `criteria` and the rooms below them. Start with `views`.
"""
