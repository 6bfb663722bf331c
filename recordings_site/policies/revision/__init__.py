"""What is in force: loads the snapshot from the database, and plans a recording that is started during a call.

Imports `models` and `engine`. Start reading at `snapshot_loader`.
"""
