"""The worker: the loop that claims and runs tasks, and the tasks that it starts by the clock.

Imports the rooms whose periodic work it starts. Start reading at `loop`, then `periodic`.
"""
