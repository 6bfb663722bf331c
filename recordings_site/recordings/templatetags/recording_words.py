"""The words for recordings in templates."""

from django import template

from recordings_site.recordings.annotations.mentions import with_names
from recordings_site.recordings.explain import sentences as explained
from recordings_site.recordings.explain.plain_steps import plain_steps
from recordings_site.recordings.lifecycle import sentences
from recordings_site.recordings.live import sentences as live
from recordings_site.recordings.transcripts.exports import shown_other_party

register = template.Library()
register.filter("with_names", with_names)
register.filter("other_party", shown_other_party)
register.filter("state_reason", sentences.reason)
register.filter("transcript_problem", sentences.transcript_problem)
register.filter("decision_sentence", explained.sentence)
register.filter("decision_word", explained.word)
register.filter("decision_reason", explained.reason)
register.filter("step_title", explained.step_title)
register.filter("command_outcome", live.outcome)
register.filter("step_text", explained.step_text)
register.filter("plain_steps", plain_steps)
