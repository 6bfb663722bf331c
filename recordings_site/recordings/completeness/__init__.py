"""How complete the recordings are, per number and day: counted by the worker, shown, exported, and alerted about.

Start with `actions.count_day`, which fills the rows that everything else reads.
"""
