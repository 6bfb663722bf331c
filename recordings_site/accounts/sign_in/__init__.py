"""Signing in: how django-allauth behaves here, its forms that differ, and what slows down guessing.

Imports `accounts` and its rooms `sessions`, `two_step` and `single_sign_on`. Start reading at `adapter`.
"""
