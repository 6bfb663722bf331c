"""What people add to a recording: comments, tags, corrections, speaker names, mentions. Writes are in `actions`."""
