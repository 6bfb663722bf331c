"""The page of one recording, and the downloads from it. `recording_detail` gathers what it shows."""
