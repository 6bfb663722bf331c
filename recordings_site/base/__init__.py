"""Small tools in plain Python: how values are written for people, text folding, a cache, a deadline.

Every other floor may import it; it imports nothing of ours and no Django. Start reading at `formatting`.
"""
