"""Why a call is or is not recorded, as codes with values: the decision, then a timeline of what happened.

It may import `lifecycle`, the models and what lies below. Start with `explanation`; `sentences` has all the words.
"""
