"""What runs the web processes: gunicorn’s worker, a group of processes that ends as one, collected static files.

Imports only `base` and `sinch`. `request_worker` knows no Django; `arrival` tells it when a request is here, and
`waiting_threads` keeps some threads free. Start reading at `process_group` (used by `serve` and `worker`).
"""
