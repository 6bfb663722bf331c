"""The pages of calls, recorded or not: the list, and one call with its explanation."""
