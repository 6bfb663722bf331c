"""The pages of calls, recorded or not: the list, and one call with its explanation.

It may import `explain`, `criteria` and the rooms below them. Start with `views`.
"""
