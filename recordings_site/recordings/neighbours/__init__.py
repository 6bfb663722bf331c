"""The previous and next recording of the list or search that a recording was opened from.

It may import `search`, `criteria` and the rooms below them. Start with `queries`.
"""
