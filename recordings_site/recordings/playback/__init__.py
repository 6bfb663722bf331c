"""Audio for players: which bytes of which version a user may get, and the error when there are none.

It may import `lifecycle`, `transcripts`, `audio` and the rooms below them. Start with `views`: fetch the recording,
open its audio (`open`), audit it (`actions`), send the bytes or let nginx send them (`accel`).
"""
