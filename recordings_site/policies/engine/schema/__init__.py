"""The document of a policy: its declared fields, how it is parsed and checked, and its stable JSON.

Imports the protocol and `base`; knows no Django, no call and no answer. Start reading at `document.PolicyDocument`.
"""
