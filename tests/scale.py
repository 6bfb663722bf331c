"""How large a test of a promise is: small in each run, as large as promised with SCALE=full (`make trust`)."""

import os
from typing import TypeVar

_Size = TypeVar("_Size")


def scaled(small: _Size, full: _Size) -> _Size:
    """`small`, or `full` when all of it is asked for."""
    return full if os.environ.get("SCALE") == "full" else small
