"""The demo's annotations: saved searches, comments, tags, speaker names, a corrected line."""

from collections.abc import Iterator

from django.db import transaction

from recordings_site.accounts.models import Team, User
from recordings_site.ops.demo import data as demo
from recordings_site.recordings.annotations.actions import add_comment, name_speaker, tag_recording
from recordings_site.recordings.annotations.corrections import correct_line
from recordings_site.recordings.models import Comment, RecordingJob, SavedPage, SavedSearch, Side, TranscriptLine
from recordings_site.recordings.saved.actions import save_search

# Author, words of the line, comment.
COMMENTS = (
    (demo.SUPPORT, "Two failed repairs", "Well explained: no supervisor was needed."),
    (demo.SUPERVISOR, "charged twice", "The online store again? The page froze while she was paying."),
    (demo.SUPERVISOR, "a light plan", "Good to offer this before they ask."),
)
TAGS = (("washing machine", "complaint"), ("charged twice", "refund"), ("cancel my subscription", "cancellation"))
NAMES = (("this is Dana", "Dana"), ("this is Kim", "Kim"), ("this is Marcus", "Marcus"))
# Whoever says this is the agent on all calls to that number.
ANSWERED = "Thank you for calling Northwind support"
MISTRANSCRIBED = "It is june dot park at example dot com."
CORRECTED = "It is june.park@example.com."


@transaction.atomic
def save_searches() -> None:
    """Save two searches before the calls come, so that they have matches; once."""
    if SavedSearch.objects.exists():
        return
    billing = Team.objects.get(name="Billing")
    for email, name, query, team in (
        (demo.SUPERVISOR, "Refunds and cancellations", "q=refund+OR+cancel", billing),
        (demo.SUPPORT, "Angry about a repair", "q=repair+%22still+leaks%22", None),
    ):
        save_search(
            by=_person(email), name=name, page=SavedPage.SEARCH, query=query, team=team, alert=True,
            alert_by_email=False,
        )  # fmt: skip


@transaction.atomic
def annotate() -> None:
    """Comment, tag, name and correct, each on the newest call with the words; once."""
    if Comment.objects.exists():
        return
    for email, words, text in COMMENTS:
        for person, line in _newest(email, words):
            add_comment(by=person, recording=line.transcript.recording, at=line.timestamp, end=None, text=text)
    for words, tag in TAGS:
        for person, line in _newest(demo.SUPERVISOR, words):
            tag_recording(by=person, recording=line.transcript.recording, name=tag)
    for words, name in NAMES:
        for person, line in _newest(demo.SUPERVISOR, words):
            label, recording = line.speaker_label, line.transcript.recording
            name_speaker(
                by=person, recording=recording, speaker_label=label, name=name, for_number=False, side=Side.AGENT
            )
    for person, line in _newest(demo.SUPERVISOR, ANSWERED):
        label, recording = line.speaker_label, line.transcript.recording
        name_speaker(by=person, recording=recording, speaker_label=label, name="", for_number=True, side=Side.AGENT)
    for person, line in _newest(demo.SUPERVISOR, MISTRANSCRIBED):
        correct_line(by=person, transcript=line.transcript, position=line.position, text=CORRECTED)


def _newest(email: str, words: str) -> Iterator[tuple[User, TranscriptLine]]:
    """Yield the user and the newest line with these words visible to them; else the newest of all, with the admin: on
    some weekdays the calls with these words are not recorded for the user's team.
    """
    for person in (_person(email), _person(demo.ADMIN)):
        seen = RecordingJob.objects.visible_to(person)
        lines = TranscriptLine.objects.filter(text__icontains=words, transcript__recording__in=seen)
        if line := lines.select_related("transcript__recording__number").order_by("-pk").first():
            yield person, line
            return


def _person(email: str) -> User:
    return User.objects.get(email=email)
