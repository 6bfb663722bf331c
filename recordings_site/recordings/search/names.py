"""The names that conditions can hold, as visible to a user: tags, policies, speakers …"""

from collections.abc import Iterable

from django.db.models import Q

from recordings_site.accounts.models import User
from recordings_site.base.text import plain
from recordings_site.policies.models import PhoneNumber
from recordings_site.recordings.criteria.registry import SEARCHED
from recordings_site.recordings.models import RecordingJob, Side, SpeakerName, TranscriptLine
from recordings_site.recordings.search.engines.factory import engine
from recordings_site.recordings.search.language import spelling
from recordings_site.recordings.search.language.compiled_query import All
from recordings_site.recordings.search.language.query_tree import Field
from recordings_site.recordings.search.scope import scoped

LABELS_FROM = 20  # newest calls whose speakers' labels are known as names
MOST_GIVEN = 2000  # newest names that people gave


def is_known(field: Field, user: User) -> bool:
    """Return whether a condition names something that exists; always for conditions without names."""
    criterion, value = SEARCHED[field.name], str(field.value)
    return criterion.names(value, user) is None or bool(criterion.named(value, user))


def nearest(field: Field, user: User) -> list[str]:
    """Return the names that the value of a condition may be a misspelt or shortened form of, nearest first."""
    value = str(field.value)
    return _near(value, SEARCHED[field.name].names(value, user) or ())


def nearest_speakers(label: str, user: User) -> list[str]:
    """Return the same for a speaker: given names, and the labels in the newest calls."""
    numbers, recordings = PhoneNumber.objects.visible_to(user), RecordingJob.objects.visible_to(user)
    given = SpeakerName.objects.filter(Q(number__in=numbers) | Q(recording__in=recordings)).exclude(name="")
    newest = engine().find(scoped(All(()), user), size=LABELS_FROM).ids
    labels = TranscriptLine.objects.filter(transcript__indexed__in=newest).exclude(speaker_label="")
    names = given.order_by("-id").values_list("name", flat=True)[:MOST_GIVEN]
    return _near(label, [*Side.labels, *names, *labels.order_by().values_list("speaker_label", flat=True).distinct()])


def _near(value: str, names: Iterable[str]) -> list[str]:
    wanted = plain(value)
    most = spelling.slips(wanted)
    far = {name: _distance(wanted, plain(name), most) for name in names}
    return sorted((name for name in far if far[name] <= most), key=lambda name: (far[name], name))


def _distance(wanted: str, name: str, most: int) -> int:
    """How many slips lie between a value and a name, or the nearest of its words. Figures are never mistaken."""
    if wanted in name:
        return 0
    figures = _figures(wanted)
    parts = (each for each in (name, *name.split()) if _figures(each) == figures)
    return min((spelling.distance(wanted, each, most) for each in parts), default=most + 1)


def _figures(text: str) -> list[str]:
    return [each for each in text if each.isdigit()]
