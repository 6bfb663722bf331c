"""Sinch's REST API: calls in progress, conferences, numbers and callback URLs.

Imports only the rest of the protocol. Start reading at `client.Client`.
"""
