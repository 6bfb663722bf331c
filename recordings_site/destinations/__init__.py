"""Where recordings are stored: destinations, their sealed write and read credentials, and the check of a destination.

What differs between S3, Azure, Google and local folders is in `kinds` alone. Imports `accounts`, `tasks`, `storage` and
below. Start reading at `models`, then `doctor` (the check).
"""
