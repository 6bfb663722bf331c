"""A message that says what was done, with a button that undoes it."""

import json
from dataclasses import dataclass

from django.contrib import messages
from django.contrib.messages.storage.base import Message
from django.http import HttpRequest


@dataclass(frozen=True, slots=True)
class Undo:
    """A form that undoes something: where it is posted, and its fields as names and values."""

    url: str
    fields: tuple[tuple[str, str], ...]


def undoable(request: HttpRequest, text: str, undo: Undo) -> None:
    """Say that something was done and offer to undo it. The form is checked like any other when it is posted."""
    messages.success(request, text, extra_tags=json.dumps([undo.url, undo.fields]))


def undo_of(message: Message) -> Undo | None:
    """What undoes the thing that a message reports, if that can be undone."""
    if not message.extra_tags or not message.extra_tags.startswith("["):
        return None
    url, fields = json.loads(message.extra_tags)
    return Undo(url, tuple((name, value) for name, value in fields))
