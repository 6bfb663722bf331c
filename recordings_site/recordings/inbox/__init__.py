"""The inbox: open mentions, new matches of saved searches, and versions of policies that wait for one's approval.

It may import `saved` and the rooms below it. Start with `queries`.
"""
