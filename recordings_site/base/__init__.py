"""The floor under all: small tools in plain Python that storage, fallback and every room above may use."""
