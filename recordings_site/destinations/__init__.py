"""Where: destinations, their two credential sets, the check of a destination."""
