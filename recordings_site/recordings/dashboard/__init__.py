"""The home page: today's figures, and the setup steps of a new installation.

It may import every room below the pages. Start with `queries`.
"""
