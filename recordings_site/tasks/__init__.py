"""The task queue: work that outlives a request, as database rows with attempts, a due time and a lease.

Features declare a kind of task with `@task` and queue one with `enqueue`, both in `registry`; the worker in `ops`
claims them through `queue`. Imports nothing of ours. Start reading at `registry`.
"""
