"""The index in each database: `port` is the interface of an engine, `factory` chooses the one in use."""
