"""What is in force: loads the snapshot from the database, and plans recordings started during a call."""
