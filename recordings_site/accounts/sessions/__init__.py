"""Sessions: how long one lasts, which are open, and how they are ended.

Django keeps what a session holds, django-allauth beside it whose it is, since when, from where and when last seen.
Imports accounts.models and accounts.audit. Start reading at `middleware`.
"""
