"""The search page: results and their breakdown. Search itself is `recordings.search`."""
