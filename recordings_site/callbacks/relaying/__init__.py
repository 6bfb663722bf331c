"""An application whose calls its own back end answers: asks it in line, and forwards it all other events.

Imports policies, calls and the queue. Start reading at `relay.ask`.
"""
