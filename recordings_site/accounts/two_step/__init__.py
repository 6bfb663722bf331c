"""Two-step verification that a role requires: until it is set up, its people get no other page.

Imports accounts.models and django-allauth. Start reading at `rules`, then `middleware`.
"""
