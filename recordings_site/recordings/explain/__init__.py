"""Why a call is or is not recorded, as codes with values: one about the call, then the chain of what happened.

It reads the models, the lifecycle and what lies below them. Start with `explanation`; `sentences` has all the words.
"""
