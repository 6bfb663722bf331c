"""The home page: today's figures, and the first steps of a new installation."""
