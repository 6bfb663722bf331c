"""A stand-in for Sinch that places calls against a callback URL."""
