"""Who is meant by `@name` in a comment: people who may see the recording, by address or by its part before the @."""

import re

from recordings_site.accounts.models import Role, User
from recordings_site.recordings.models import RecordingJob

_MENTION = re.compile(r"(?<![\w@.])@([\w.+-]+(?:@[\w-]+(?:\.[\w-]+)+)?)")


def people_of(recording: RecordingJob) -> list[User]:
    """Who may see this recording and can be mentioned: its number's team, admins and auditors."""
    active = User.objects.filter(is_active=True)
    everywhere = active.filter(role__in=(Role.ADMIN, Role.AUDITOR))
    if recording.number is None:
        return list(everywhere)
    return list((everywhere | active.filter(teams=recording.number.team)).distinct().order_by("email"))


def handle(person: User) -> str:
    """What one types after the @: the part of the address before its own @."""
    return person.email.partition("@")[0]


def mentioned(text: str, recording: RecordingJob) -> list[User]:
    """The people whom this text mentions. Who cannot see the recording is not told of it."""
    words = {word.rstrip(".-+").lower() for word in _MENTION.findall(text)}
    return [person for person in people_of(recording) if {handle(person).lower(), person.email.lower()} & words]
