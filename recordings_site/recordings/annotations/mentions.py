"""Who `@name` in a comment mentions: users who can see the recording, by address or by its local part."""

import re
from itertools import islice

from recordings_site.accounts.models import Role, User
from recordings_site.recordings.models import Comment, RecordingJob

_MENTION = re.compile(r"(?<![\w@.])@([\w.+-]+(?:@[\w-]+(?:\.[\w-]+)+)?)")


def people_of(recording: RecordingJob) -> list[User]:
    """Return who can be mentioned on a recording: its number's team, admins and auditors."""
    active = User.objects.filter(is_active=True)
    everywhere = active.filter(role__in=(Role.ADMIN, Role.AUDITOR))
    if recording.number is None:
        return list(everywhere)
    return list((everywhere | active.filter(teams=recording.number.team)).distinct().order_by("email"))


def people_like(recording: RecordingJob, text: str, *, besides: User, most: int) -> list[User]:
    """Return who can be mentioned and whose name or address has a word that begins with the text."""
    wanted = text.lower()
    people = (person for person in people_of(recording) if person != besides)
    found = (person for person in people if any(word.startswith(wanted) for word in _words(person)))
    return list(islice(found, most))


def _words(person: User) -> list[str]:
    return [person.email.lower(), *str(person).lower().split()]


def handle(person: User) -> str:
    """Return what is typed after the @: the local part of the address."""
    return person.email.partition("@")[0]


def mentioned(text: str, recording: RecordingJob) -> list[User]:
    """Return the users that a text mentions, of those who can see the recording."""
    words = {_name(word) for word in _MENTION.findall(text)}
    return [person for person in people_of(recording) if _names(person) & words]


def with_names(comment: Comment) -> str:
    """The text of a comment with each person that it mentions by name, as it is read."""
    known = {name: person for person in comment.mentions.all() if person.name for name in _names(person)}

    def named(match: re.Match[str]) -> str:
        word = match[1]
        person = known.get(_name(word))
        return f"@{person}{word[len(word.rstrip('.-+')) :]}" if person else match[0]

    return _MENTION.sub(named, comment.text)


def unknown_mentions(text: str, recording: RecordingJob) -> list[str]:
    """Return the names behind an @ that mention no one: no such user, or none who can see the recording.

    Which of the two is not said: who else has an account is nobody's business.
    """
    known = {name for person in people_of(recording) for name in _names(person)}
    return [word for word in dict.fromkeys(_MENTION.findall(text)) if _name(word) not in known]


def _names(person: User) -> set[str]:
    return {handle(person).lower(), person.email.lower()}


def _name(word: str) -> str:
    """A mention without the full stop of its sentence."""
    return word.rstrip(".-+").lower()
