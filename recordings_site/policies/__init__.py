"""Which numbers, how: applications, numbers, policies and their versions."""
