"""The document of a policy: its declared fields, how it is parsed and checked, and its stable JSON.

Imports the protocol and `base`; independent of Django, calls and answers. Start reading at `document.PolicyDocument`.
"""
