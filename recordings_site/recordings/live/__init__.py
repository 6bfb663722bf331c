"""Calls in progress: the live page and its commands to Sinch.

It may import `lifecycle` and the rooms below it. Start with `views`, then `actions`.
"""
