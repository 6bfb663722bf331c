"""Single sign-on by OpenID Connect: who may sign in, and how a user confirms their identity there again.

Imports accounts.models, accounts.audit and django-allauth. Start reading at `adapter`.
"""
