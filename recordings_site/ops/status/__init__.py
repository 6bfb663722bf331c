"""The status page: what needs an admin’s attention, and what an admin does about it.

Imports every room below `ops`, and `ops.health`. Start reading at `queries`.
"""
