"""The pure policy engine, no Django: (snapshot, event) → decision and SVAML. Start with `document`, then `answer`."""
