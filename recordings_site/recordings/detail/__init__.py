"""The page of one recording: player, transcript, annotations, downloads.

It may import `annotations`, `playback`, `explain`, `neighbours`, `transcripts` and the rooms below them.
`recording_detail` gathers what the page shows; start there.
"""
