"""The policy engine, pure functions without Django: (snapshot, event) → decision and SVAML.

Imports `sinch`, `base`, and only the Django-free parts of destinations. Start reading at `schema.document` (what
a policy says), then `decide` (which rule wins) and `answer` (the SVAML).
"""
