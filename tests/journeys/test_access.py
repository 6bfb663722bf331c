"""Every URL × method × role: who gets in, who is sent to the sign-in, for whom there is no such page.

A new route fails here until it has a rule. What a page shows of what is one's own is tested where the page is tested.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import transaction
from django.http import HttpResponseBase
from django.test import Client
from django.urls import resolve

from recordings_site.accounts.models import User
from recordings_site.accounts.picking.choices import KINDS
from recordings_site.calls.models import ConferenceSession
from tests.journeys.canaries import OURS, SLIPS, THEIRS, plant, questions
from tests.journeys.site_map import Route, pages, routes
from tests.journeys.worlds import ADMIN, AUDITOR, STRANGER, SUPERVISOR, SUPPORT, World, small_world

pytestmark = pytest.mark.django_db

EVERYBODY = frozenset({SUPPORT, STRANGER, SUPERVISOR, ADMIN, AUDITOR})
# Who sees the one recording of this test: its team, and those who see all.
TEAM = EVERYBODY - {STRANGER}


@dataclass(frozen=True)
class Rule:
    """Who may read (GET) and who may write (POST); `opened` also without an account."""

    read: frozenset[str]
    write: frozenset[str]
    opened: bool = False


OPEN = Rule(EVERYBODY, EVERYBODY, opened=True)
OWN = Rule(EVERYBODY, EVERYBODY)
PAGE = Rule(EVERYBODY, EVERYBODY - {AUDITOR})
RECORDING = Rule(TEAM, TEAM - {AUDITOR})
RECORDING_OWN = Rule(TEAM, TEAM)
SUPERVISION = Rule(TEAM - {SUPPORT}, TEAM - {SUPPORT, AUDITOR})
# Like it, but of no recording in particular.
LIBRARY = Rule(EVERYBODY - {SUPPORT}, EVERYBODY - {SUPPORT, AUDITOR})
OVERSIGHT = Rule(frozenset({ADMIN, AUDITOR}), frozenset({ADMIN}))

# By the route's name, or by its pattern where it has none. A trailing * stands for the rest of a name.
RULES: dict[str, Rule] = {
    # Machines: they prove themselves by signature or token, tested with what they answer.
    "callbacks*": OPEN,
    "metrics": OPEN,
    "snapshot": OPEN,
    # Signing in, and what django-allauth keeps behind a sign-in of its own.
    "account_*": OPEN,
    "mfa_*": OPEN,
    "usersessions_list": OPEN,
    "socialaccount_*": OPEN,
    "openid_connect_*": OPEN,
    "accounts/social/*": OPEN,
    # One's own.
    "profile*": OWN,
    # A session that is somebody else’s is not there.
    "profile_session_end": Rule(frozenset(), frozenset()),
    "confirmed": OWN,
    # Only for those who came by a provider.
    "single_sign_on_confirm": Rule(frozenset(), frozenset()),
    # Recordings.
    "home": PAGE,
    "inbox": PAGE,
    "inbox_badge": PAGE,
    "inbox_read": OWN,
    "palette": PAGE,
    "help": PAGE,
    "help_topic": PAGE,
    "recordings": PAGE,
    "recordings_export": LIBRARY,
    "completeness": PAGE,
    "completeness_export": LIBRARY,
    "recordings_audio": LIBRARY,
    "recordings_tag": LIBRARY,
    "recordings_untag": LIBRARY,
    "recordings_mark_played": OWN,
    "recordings_columns": OWN,
    "search*": PAGE,
    # What pickers suggest: to each the rows that they may see, tested with the pickers.
    "choices": PAGE,
    # Saved searches: what is of somebody else is not there, though a team may see it in the list.
    "saved": PAGE,
    "saved_new": OWN,
    "saved_*": Rule(frozenset({SUPPORT}), frozenset({SUPPORT})),
    # Assigning recordings without a number by a rule.
    "attribution*": OVERSIGHT,
    "recording": RECORDING,
    "recording_audio": RECORDING,
    "recording_peaks": RECORDING,
    "recording_original": RECORDING,
    # One's own comment alone.
    "recording_comment_edit": Rule(frozenset({SUPPORT}), frozenset({SUPPORT})),
    "recording_comment*": RECORDING,
    "recording_people": RECORDING,
    "recording_tag": SUPERVISION,
    "recording_untag": SUPERVISION,
    "recording_correct": SUPERVISION,
    "recording_revert": SUPERVISION,
    "recording_speaker": SUPERVISION,
    "recording_offset": SUPERVISION,
    "recording_assign": OVERSIGHT,
    "recording_export": SUPERVISION,
    "recording_download": SUPERVISION,
    "recording_clip": SUPERVISION,
    # What one heard, and how one's player behaves, is one's own: an auditor's too.
    "recording_played": RECORDING_OWN,
    "recording_mark_played": RECORDING_OWN,
    "player_settings": OWN,
    # Calls in progress: who sees the call's number watches, a supervisor commands.
    "live": PAGE,
    "live_command": SUPERVISION,
    # Calls of two teams are in the one of this test.
    "live_conference": PAGE,
    # Calls, recorded or not.
    "calls": PAGE,
    "call": RECORDING,
    # Oversight.
    "polic*": OVERSIGHT,
    "number*": OVERSIGHT,
    "application*": OVERSIGHT,
    "connect*": OVERSIGHT,
    "destination*": OVERSIGHT,
    "approval*": OVERSIGHT,
    "people": OVERSIGHT,
    "person*": OVERSIGHT,
    "teams": OVERSIGHT,
    "team*": OVERSIGHT,
    "activity*": OVERSIGHT,
    "status": OVERSIGHT,
    "task_retry": OVERSIGHT,
    "delivery_apply": OVERSIGHT,
}


@pytest.fixture
def world() -> World:
    """The same small world for every route, in which each thing of the two teams bears the word of its team."""
    made = small_world()
    session = ConferenceSession.objects.get(pk=made.values["session_pk"])
    for who, word in ((SUPPORT, OURS), (STRANGER, THEIRS)):
        plant(word, made.people[who].teams.get(), conference=session)
    return made


def leaked(who: str | None, url: str, answer: HttpResponseBase) -> list[str]:
    """The words of teams that this person is not in, wherever an answer tells one that the address did not hold."""
    foreign = {ADMIN: (), AUDITOR: (), STRANGER: (OURS,), None: (OURS, THEIRS)}.get(who, (THEIRS,))
    body = b"".join(answer) if answer.streaming else answer.content  # type: ignore[attr-defined,call-overload]
    told = f"{answer.headers}{body.decode(errors='replace')}".lower()
    return [word for word in foreign if word in told.replace(url.partition("=")[2], "")]


def rule_of(route: Route) -> Rule | None:
    """The rule by the whole name, else by the longest beginning of it."""
    if route.name in RULES:
        return RULES[route.name]
    starts = [name for name in RULES if name.endswith("*") and route.name.startswith(name[:-1])]
    return RULES[max(starts, key=len)] if starts else None


def outcome(answer: HttpResponseBase) -> str:
    """What happened, in one word."""
    if answer.status_code in {301, 302} and answer.headers["Location"].startswith("/accounts/login/"):
        return "sign-in"
    assert answer.status_code < 500, answer.status_code
    return {404: "hidden", 405: "no such method"}.get(answer.status_code, "in")


def ask(client: Client, method: str, url: str, who: str | None = None) -> str:
    """Send one request, keep nothing of what it changed, and tell the outcome; "leak" when a foreign name is in it."""
    with transaction.atomic():
        answer = client.generic(method, url)
        names = leaked(who, url, answer)
        word = f"leak of {names}" if names else outcome(answer)
        transaction.set_rollback(True)
    return word


def expected(rule: Rule, who: str | None, method: str) -> set[str]:
    """The outcomes that are right."""
    if rule.opened:
        return {"in", "sign-in", "no such method", "hidden"}
    if who is None:
        return {"sign-in", "no such method"}
    allowed = who in (rule.write if method == "POST" else rule.read)
    return {"in", "no such method"} if allowed else {"hidden", "no such method"}


ALL_ROUTES = list(routes())


def test_every_route_has_a_rule() -> None:
    assert [route.name for route in ALL_ROUTES if rule_of(route) is None] == []


PARTS = 4


@pytest.mark.parametrize("part", range(PARTS))
def test_each_role_gets_where_its_rule_says_and_nowhere_else(part: int, world: World) -> None:
    """And no answer holds a name that belongs to another team."""
    clients = {who: client_of(person) for who, person in {None: None, **world.people}.items()}
    assert [found for route in ALL_ROUTES[part::PARTS] for found in misbehaving(route, world, clients)] == []


def client_of(person: User | None) -> Client:
    """A client that has signed in, or not."""
    client = Client(raise_request_exception=True)
    if person is not None:
        client.force_login(person)
    return client


def misbehaving(route: Route, world: World, clients: Mapping[str | None, Client]) -> list[tuple[Any, ...]]:
    """Every request to a route that ended otherwise than its rule says."""
    rule = rule_of(route)
    assert rule, "no rule"
    url = route.url(world.values)
    wrong: list[tuple[Any, ...]] = []
    actors: Mapping[str | None, User | None] = {None: None, **world.people}
    methods = ("GET", "HEAD", "POST", "DELETE")
    if rule.opened:
        # Whoever may come: only that nothing breaks.
        actors, methods = {None: None, SUPPORT: world.people[SUPPORT]}, ("GET", "POST")
    for who in actors:
        for method in methods:
            client = Client(raise_request_exception=True)
            client.cookies.update(clients[who].cookies)
            happened = ask(client, method, url, who)
            right = expected(rule, who, "POST" if method == "DELETE" else method)
            if happened not in right:
                wrong.append((who, method, url, happened, "not", sorted(right)))
    return wrong


@pytest.mark.parametrize(("who", "own", "foreign"), [(SUPERVISOR, OURS, THEIRS), (STRANGER, THEIRS, OURS)])
def test_nobody_learns_a_name_by_asking_for_it(who: str, own: str, foreign: str, world: World) -> None:
    client = Client()
    client.force_login(world.people[who])
    told = [url for url in questions(foreign) if leaked(who, url, client.get(url))]
    assert told == []
    seen = [url for url in questions(own) if own in str(client.get(url).content).replace(url.partition("=")[2], "")]
    kinds = set(KINDS) - {"applications-in-use"}
    assert {url.split("/")[2] for url in seen if url.startswith("/choices/")} == kinds, "one's own are offered"
    assert {f"/search/?q={field}:{SLIPS[own]}" for field in ("tag", "policy", "destination", "speaker")} <= set(seen)


def offered(page: str, url: str) -> set[str]:
    """The addresses to which the buttons in a page's own part would post."""
    found = set()
    for form in re.findall(r"<form.*?</form>", page.partition("<main")[2], re.DOTALL):
        head, *buttons = re.findall(r"<form[^>]*>|<button[^>]*>", form)
        if 'method="post"' in head:
            for button in (each for each in buttons if not re.search('formmethod="get"|type="button"', each)):
                target = re.search(r'formaction="([^"]+)"', button) or re.search(r' action="([^"]+)"', head)
                found.add(target.group(1) if target else url)
    return found


def test_an_auditor_is_offered_nothing_that_would_be_refused(world: World) -> None:
    client = Client()
    client.force_login(world.people[AUDITOR])
    by_pattern = {route.pattern: route for route in ALL_ROUTES}
    refused = []
    for url in pages(client, world.values):
        for target in offered(client.get(url).content.decode(), url):
            rule = rule_of(by_pattern[resolve(target.partition("?")[0]).route])
            if not rule or not (rule.opened or AUDITOR in rule.write):
                refused.append((url, target))
    assert refused == []
