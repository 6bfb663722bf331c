"""The demo's data: users, numbers and policies (`data`), and what its users added to the calls (`annotations`).

It may import the rooms below ops; the command `demo` places the calls. Start with `data`.
"""
