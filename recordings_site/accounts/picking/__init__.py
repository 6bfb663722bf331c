"""Rows that people pick by typing a part of their name: what can be picked (`choices`), the form fields, suggestions.

Each app declares its own `Choices`. Imports accounts.models and accounts.access. Start reading at `choices.Choices`.
"""
