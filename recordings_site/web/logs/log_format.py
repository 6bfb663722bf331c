"""Log lines as text or JSON, one per event, with their context ids and without secrets."""

import json
import logging
import re
from datetime import UTC, datetime
from typing import Any

from recordings_site.base import trace
from recordings_site.web.logs.redaction import RedactingFormatter, redactor

FORMATS = ("text", "json")
# What would begin a line, or steer a terminal: an address that somebody asks for may hold any.
_ODD = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


class TextFormatter(RedactingFormatter):
    """Formats for people: the ids follow the message."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s %(message)s")

    def formatMessage(self, record: logging.LogRecord) -> str:
        """Return the line without its traceback."""
        ids = "".join(f" {name}={value}" for name, value in trace.ids().items())
        return _ODD.sub(_escaped, super().formatMessage(record) + ids)


def _escaped(odd: re.Match[str]) -> str:
    return odd[0].encode("unicode_escape").decode()


class JsonFormatter(logging.Formatter):
    """Formats for machines: one object per line; a traceback is in `error`."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as JSON, redacted."""
        found: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            **trace.ids(),
        }
        if record.exc_info:
            found["error"] = self.formatException(record.exc_info)
        return redactor.redact(json.dumps(found))


def configuration(log_format: str, level: str) -> dict[str, Any]:
    """Return the logging configuration: everything goes to standard error. Raises ValueError for an unknown format."""
    if log_format not in FORMATS:
        raise ValueError(f"LOG_FORMAT is {log_format!r}: write text or json.")
    formatter = {"text": TextFormatter, "json": JsonFormatter}[log_format]
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"()": formatter}},
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["console"], "level": level},
    }


def gunicorn_configuration(log_format: str) -> dict[str, Any]:
    """Return the configuration for gunicorn's processes, whose own lines are of interest from warnings on."""
    own = {"handlers": ["console"], "level": "WARNING", "propagate": False}
    return configuration(log_format, "WARNING") | {"loggers": {"gunicorn.error": own}}
