"""A stand-in for Sinch: places calls against a callback URL, executes the SVAML, uploads and notifies.

It may import `sinch`, `storage` and `base` only. Start with `engine`.
"""
