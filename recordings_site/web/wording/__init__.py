"""How codes and the sentences of django-allauth read on a page.

Imports nothing of ours. Template tags (`web.templatetags.site`) use it.
"""
