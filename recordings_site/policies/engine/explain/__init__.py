"""The engine in words: what a policy says, and why a call is or isn’t recorded.

Imports the engine’s documents and decisions. Start reading at `sentences`; `descriptions` is for policies.
"""
