"""Single sign-on by OpenID Connect: whom it lets in, and how somebody proves there again who they are.

Imports accounts.models, accounts.audit and django-allauth. Start reading at `adapter`.
"""
