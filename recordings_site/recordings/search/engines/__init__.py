"""The index in each database: `port` says what an engine does, `factory` chooses the one in use."""
