"""The plumbing of a page: typed request, page or partial, byte ranges, keyset paging."""
