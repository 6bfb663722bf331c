"""What a typed text may lead to."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from recordings_site.accounts import navigation
from recordings_site.accounts.models import User
from recordings_site.base.formatting import relative
from recordings_site.base.text import digits_of, plain
from recordings_site.policies.choices import NUMBERS
from recordings_site.recordings.criteria.call_search import FEWEST_DIGITS, identify
from recordings_site.recordings.models import SavedSearch

# Entries of each kind.
SHOWN = 5
# Pages on which an admin makes something, by their names.
ACTIONS = {
    "policy_new": "New policy",
    "number_new": "Add a number",
    "numbers_import": "Import numbers from a file",
    "application_new": "Add an application",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One place to go: its icon, what it is called, what kind it is of, and its address."""

    icon: str
    label: str
    kind: str
    url: str


def entries_for(text: str, user: User) -> list[Entry]:
    """Return where a text may lead, the surest first; the user's pages while nothing is typed."""
    pages = list(_pages(user))
    if not plain(text):
        return [each for each in pages if each.kind == "Page"]
    named = [each for each in pages if plain(text) in plain(each.label)]
    return [
        *_calls(text, user),
        *named,
        *_numbers(text, user),
        *_people(text, user),
        *_saved(text, user),
        _search(text),
    ]


def _pages(user: User) -> Iterator[Entry]:
    for item in navigation.pages_of(user):
        yield Entry(item.icon, item.label, "Page", item.url)
    others = [("inbox", "Inbox", "inbox"), ("user", "Profile", "profile"), ("star", "Saved searches", "saved")]
    others.append(("help", "Help", "help"))
    for icon, label, name in others:
        yield Entry(icon, label, "Page", reverse(name))
    if user.is_admin:
        for name, label in ACTIONS.items():
            yield Entry("plus", label, "Action", reverse(name))
        yield Entry("plus", "Invite a person", "Action", reverse("people") + "#invite")


def _calls(text: str, user: User) -> Iterator[Entry]:
    """The calls with this id; for digits the list of the caller's recordings, and the newest calls."""
    found = identify(user, text)
    if found is None:
        return
    if found.kind == "digits" and len(digits_of(text)) >= FEWEST_DIGITS:
        link = f"{reverse('recordings')}?{urlencode({'caller': text})}"
        yield Entry("library", f"Recordings of callers with {text}", "Recordings", link)
    for recording in found.recordings:
        yield Entry("recordings", str(recording), "Recording", reverse("recording", args=[recording.pk]))
    now = timezone.now()
    for call, url in found.entries():
        party = call.shown_caller if call.direction == "inbound" else call.shown_called
        at = relative(timezone.localtime(call.started_at), now)
        label = f"{party or 'Private number'}, {call.number or 'unknown number'}, {at}"
        yield Entry(str(call.direction), label, "Recording" if call.pk in found.played else "Call", url)


def _numbers(text: str, user: User) -> Iterator[Entry]:
    for choice in NUMBERS.suggested(text, user)[:SHOWN]:
        yield Entry("numbers", choice.word, "Recordings", f"{reverse('recordings')}?number={choice.key}")


def _people(text: str, user: User) -> Iterator[Entry]:
    if user.oversees:
        for person in User.objects.listed().filter(Q(name__icontains=text) | Q(email__icontains=text))[:SHOWN]:
            yield Entry("user", str(person), "Person", reverse("person", args=[person.pk]))


def _saved(text: str, user: User) -> Iterator[Entry]:
    for saved in SavedSearch.objects.visible_to(user).filter(name__icontains=text)[:SHOWN]:
        yield Entry("star", saved.name, "Saved search", f"{reverse(saved.page)}?{saved.query}")


def _search(text: str) -> Entry:
    return Entry("search", f"Search calls for “{text}”", "Search", f"{reverse('search')}?{urlencode({'q': text})}")


def shown(entries: Sequence[Entry]) -> Sequence[Entry]:
    """At most as many as fit a list that one walks by arrow keys; the search stays last."""
    return entries if len(entries) <= 12 else [*entries[:11], entries[-1]]
