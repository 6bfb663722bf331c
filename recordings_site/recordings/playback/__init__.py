"""Audio on its way to a player: who may have which bytes of which version, and what is said when there are none.

It reads recordings, their destinations and the stores, and nothing of the rooms that show pages. Start at `views`:
fetch the recording for this person, open it (`open`), write down that it was opened (`actions`), answer with the bytes
or leave them to nginx (`accel`).
"""
