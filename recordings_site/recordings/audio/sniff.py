"""Detects the kind of an audio file by its first bytes, whatever its name or store say."""

MAGIC = 16
"""Bytes that are enough to tell."""
PLAYABLE = frozenset({"audio/mpeg", "audio/wav"})


def audio_type(head: bytes) -> str | None:
    """Return the media type of a file that begins with `head` (MAGIC bytes, or all of it); None for no audio."""
    if head[:3] == b"ID3" or (len(head) > 1 and head[0] == 0xFF and head[1] & 0xE6 == 0xE2):  # sync, layer III
        return "audio/mpeg"
    if head[:4] == b"RIFF" and head[8:12] == b"WAVE":
        return "audio/wav"
    return None
