"""From text to the tokens that are indexed and searched, in every language. Start with `tokens`."""
