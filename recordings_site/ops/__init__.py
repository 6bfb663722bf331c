"""Operations: health, metrics, the status page, the worker, the demo, and the commands that run them.

It may import every room below it. Start with `worker_loop` (the worker), `periodic` (its periodic tasks) or `status`
(the status page).
"""
