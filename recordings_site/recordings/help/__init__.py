"""Help pages: short, and linked where they are needed. A topic is one entry in `topics` and one template.

It may import `criteria`, for the search tips.
"""
