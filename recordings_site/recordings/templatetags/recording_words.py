"""The words for recordings in templates."""

from django import template

from recordings_site.recordings.lifecycle import sentences
from recordings_site.recordings.lifecycle.sentences import Row

register = template.Library()


@register.filter
def state_reason(recording: Row) -> str:
    """Why a recording stands as its state says, "" when there is nothing to add."""
    return sentences.reason(recording)
