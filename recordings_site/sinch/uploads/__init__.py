"""Where Sinch writes a recording: the destination URL, the names of its files, and the place a notification reports.

Imports only `sinch.errors`. Start reading at `destination_url`, then `reported_place` (the forms it comes back in).
"""
