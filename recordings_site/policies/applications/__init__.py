"""Applications and phone numbers: forms, connecting to Sinch, importing numbers. Start with `views`."""
