"""Keeps secrets in use out of the logs: by value, wherever they appear in a line."""

import json
import logging
import re
import threading
from urllib.parse import quote

MASK = "••••"
# Shorter parts would mask ordinary words.
LEAST = 8
# A secret travels whole, or as one part of credentials such as `key:secret:region`.
_PARTS = re.compile(r"[:;]")
# The signature of a URL opens what it signs, and is no secret that is known beforehand.
_SIGNATURE = re.compile(r"\b((?:sig|signature|x-amz-signature|x-goog-signature)(?:=|%3d))[^&\s\"'<>]+", re.IGNORECASE)
# A region isn't a secret.
_HARMLESS = re.compile(r"[a-z]{2,4}(-[a-z]+)+-?\d*")


class Redactor:
    """Remembers secrets and removes them from text."""

    def __init__(self) -> None:
        self._known: set[str] = set()
        self._pattern: re.Pattern[str] | None = None
        self._lock = threading.Lock()

    def conceal(self, secret: str) -> None:
        """Remove this secret, and each part of it that is long enough, from every later line."""
        if secret in self._known:
            return
        found = {secret, *_PARTS.split(secret)}
        found = {piece for piece in found if len(piece) >= LEAST and not _HARMLESS.fullmatch(piece)}
        # As encoded in URLs and JSON.
        found |= {spelt for piece in found for spelt in (quote(piece, safe=""), quote(piece), json.dumps(piece)[1:-1])}
        with self._lock:
            self._known |= found | {secret}
            longest_first = sorted((piece for piece in self._known if len(piece) >= LEAST), key=len, reverse=True)
            self._pattern = re.compile("|".join(map(re.escape, longest_first))) if longest_first else None

    def redact(self, text: str) -> str:
        """The text with a mask in place of each known secret, and of the signatures in URLs."""
        text = _SIGNATURE.sub(rf"\1{MASK}", text)
        return self._pattern.sub(MASK, text) if self._pattern else text


redactor = Redactor()
conceal = redactor.conceal


class RedactingFormatter(logging.Formatter):
    """Formats a line, its exception and its stack as usual, then removes the secrets from all of it."""

    def format(self, record: logging.LogRecord) -> str:
        """The finished text of a record, redacted."""
        return redactor.redact(super().format(record))
