"""Operations: health, metrics, the status page, the worker, the demo, and the commands that run them.

It may import every room below it. Start with `worker.loop` (the worker), `worker.periodic` (its periodic tasks),
`serving` (the web processes) or `status` (the status page).
"""
