"""Sinch's REST API: calls in progress, conferences, numbers and callback URLs.

Imports the rest of the protocol alone. Start reading at `client.Client`.
"""
