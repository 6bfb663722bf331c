"""What runs the web processes: gunicorn’s worker, a group of processes that ends as one, collected static files.

Imports only `base`; `request_worker` knows no Django. Start reading at `process_group` (used by `serve` and `worker`).
"""
