"""What we have: recording jobs, transcripts, playback, search."""
