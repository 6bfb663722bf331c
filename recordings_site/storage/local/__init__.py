"""A folder on this machine as a store, for the demo and tests.

Imports `storage` and `base`. Start reading at `adapter`.
"""
