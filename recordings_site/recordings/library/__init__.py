"""The list of recordings: filters, columns, bulk actions, exports. Start with `views`."""
