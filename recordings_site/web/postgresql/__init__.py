"""Django's database backend for PostgreSQL, with a pool that outlives the server's restarts."""
