"""The previous and next recording of the list or search one came from. Start with `queries`."""
