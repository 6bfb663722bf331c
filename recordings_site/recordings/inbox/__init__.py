"""The inbox: open mentions, replies to one's comments, new matches of saved searches, policies that wait for approval.

It may import `saved` and the rooms below it. Start with `queries`.
"""
