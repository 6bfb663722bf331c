"""The palette (Ctrl+K): goes to a page, a number, a call, a person, a saved search or an action by what is typed.

It may import `criteria` and the rooms below it. Start with `queries`.
"""
