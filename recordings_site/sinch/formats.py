"""The file formats of recordings: mp3 is documented, wav only for Voice v2, others only if a setting allows them."""

import re

FORMATS = ("mp3", "wav")
_allowed: list[str] = list(FORMATS)


def allow(more: list[str]) -> None:
    """Allow formats that Sinch documents later, besides FORMATS. Raises ValueError unless it is a file extension."""
    for name in more:
        if not re.fullmatch(r"[a-z0-9]{2,10}", name):
            raise ValueError(f"{name!r} isn’t a format. Enter a file extension, such as ogg.")
    _allowed[:] = [*FORMATS, *(name for name in dict.fromkeys(more) if name not in FORMATS)]


def allowed() -> tuple[str, ...]:
    """All formats that a policy may choose."""
    return tuple(_allowed)
