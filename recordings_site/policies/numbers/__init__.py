"""Many numbers: the list, and changes of many at once, by a form or a file, which are previewed and can be undone.

Imports `applications` and the rooms below it. Start reading at `actions`, then `views`.
"""
