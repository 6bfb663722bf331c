"""Calls in progress: the live page and its commands to Sinch. Start with `views`, then `actions`."""
