"""What is said in simulated calls: scripts, the audio made from them, and exact transcripts.

Imports nothing of ours. Start reading at `conversations`; `synthesize` made the files in `audio` from `scripts`.
"""
