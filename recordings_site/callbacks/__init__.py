"""How we hear: the endpoint that Sinch posts to."""
