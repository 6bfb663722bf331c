"""The query language: from typed text to a query tree (`parser`), and to the compiled query that engines run."""
