"""Health: whether this process lives, is fit for people, is fit for calls, and whether workers work.

It may import what ops may. Start with `middleware` (the addresses), then `readiness` (the answers).
"""
