"""Small tools in plain Python: how values are written for people, text folding, a cache, a deadline.

Every other package may import it; it imports neither Django nor any other package of ours. Start reading at
`formatting`.
"""
