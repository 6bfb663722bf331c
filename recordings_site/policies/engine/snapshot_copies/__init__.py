"""A copy of the snapshot for machines without a database: the sealed file, and how it is fetched from a node.

Imports `engine.snapshot`, `engine.schema` and `base`. Start reading at `sealed_file`.
"""
