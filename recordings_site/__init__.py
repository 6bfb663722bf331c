"""Sinch call recordings: govern, hear and search them."""
