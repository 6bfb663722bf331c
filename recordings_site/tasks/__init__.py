"""The task queue: work that outlives a request, as database rows with attempts, a due time and a lease.

A room declares its kinds of task with `@task` in its module `tasks`, and queues one with `enqueue`, both from
`registry`. A kind's delays after a failure are arguments of `@task`; DELAYS in `queue` is the default. The worker in
`ops`
claims them through `queue`. Imports no other package of ours. Start reading at `registry`.
"""
