"""The Sinch Voice protocol without Django: signing, events, SVAML, destination URLs, credentials, transcripts, REST.

What Sinch sends is untrusted until it is parsed here; `errors` holds the only exceptions that leave. Imports only
`base`. Start reading at `events` (callbacks in), `svaml` (answers out) and `uploads` (where recordings go).
"""
