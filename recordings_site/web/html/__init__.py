"""The two kinds of HTML that Python writes, escaped piece by piece: highlighted JSON, and the lines of a transcript.

Imports only `base`. Template tags (`web.templatetags.site`) use it.
"""
