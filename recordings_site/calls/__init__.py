"""What happened: calls, conference sessions, decisions, callback deliveries."""
