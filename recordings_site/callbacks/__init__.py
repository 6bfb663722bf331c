"""The endpoint to which Sinch posts: verify, parse, decide, store, answer; and the relay to a company's own back end.

Imports `recordings.lifecycle`, `calls`, `policies` and below. Start reading at `views.receive`, then `verification`,
`ice` (ICEs, several per transaction) and `handlers` (all other events); `transactions` bounds what the database takes.
"""
