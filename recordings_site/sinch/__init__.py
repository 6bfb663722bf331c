"""The Sinch Voice protocol: signing, events, SVAML, destination URLs, credentials, transcripts. No Django."""
