"""The worker's side: inspects audio, loads transcripts, finds what is overdue. Start with `inspect`."""
