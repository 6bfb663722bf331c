"""The queue: work that outlives a request, as rows with attempts and leases."""
