"""What every test needs."""

import os

os.environ.setdefault("DEMO", "1")
