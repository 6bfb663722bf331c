"""What the rail shows: the pages that exist and that this person's role may open."""

from dataclasses import dataclass, replace
from functools import cache
from typing import Any, cast

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from recordings_site.accounts.models import User


@dataclass(frozen=True)
class Item:
    """One line of the rail; `key` is the letter that follows g."""

    name: str
    label: str
    icon: str
    key: str = ""
    url: str = ""


EVERYBODY = (
    Item("home", "Home", "home", "h"),
    Item("recordings", "Recordings", "library", "r"),
    Item("search", "Search", "search", "s"),
    Item("live", "Live", "live", "l"),
    Item("calls", "Calls", "phone", "c"),
    Item("completeness", "Completeness", "completeness", "m"),
)
# Admins write here; auditors read the same pages.
OVERSIGHT = (
    Item("policies", "Policies", "policies", "p"),
    Item("numbers", "Numbers", "numbers", "n"),
    Item("destinations", "Destinations", "destinations", "d"),
    Item("applications", "Applications", "applications", "a"),
    Item("people", "People", "people", "e"),
    Item("activity", "Activity", "activity", "y"),
    Item("status", "Status", "status", "t"),
)


# The help topic about each page; a page without one leads to all topics.
TOPICS = {
    "recordings": "states",
    "calls": "states",
    "completeness": "states",
    "search": "search",
    "policies": "policies",
    "numbers": "connecting",
    "destinations": "connecting",
    "applications": "connecting",
    "people": "roles",
}


def pages_of(user: User) -> list[Item]:
    """The pages of the rail that this person's role may open."""
    return [item for group in _groups(user.oversees) for item in group]


def shell(request: HttpRequest) -> dict[str, Any]:
    """The context of base.html: the rail's pages, which one this is, and some addresses."""
    user = cast("User | None", getattr(request, "user", None))
    if user is None or not user.is_authenticated:
        return {"shell": {"only_way_in": settings.OIDC_NAME if settings.OIDC_ONLY else ""}}
    if getattr(request, "two_step_due", False):
        return {"shell": {"sign_out_url": address("account_logout"), "zone": str(user.zone)}}
    groups = _groups(user.oversees)
    here = next((item.name for group in groups for item in group if _is_on(item, request.path)), "")
    return {
        "shell": {
            "groups": groups,
            "here": here,
            "search_url": address("search"),
            "suggest_url": address("search_suggest"),
            "palette_url": address("palette"),
            "inbox_url": address("inbox"),
            "badge_url": address("inbox_badge"),
            "help_url": _help(here, request.path),
            "profile_url": address("profile"),
            "sign_out_url": address("account_logout"),
            "zone": str(user.zone),
            "offer_zone": not user.time_zone and not user.preferences.get("zone_offered"),
        }
    }


@cache
def address(name: str) -> str:
    """The address of the page `name`, or nothing while there is no such page."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


def _help(here: str, path: str) -> str:
    """The address of the help about a page: of listening for a recording's own, of all topics for those without one."""
    topic = "listening" if here == "recordings" and path != address("recordings") else TOPICS.get(here)
    return reverse("help_topic", args=[topic]) if topic else address("help")


@cache
def _groups(oversees: bool) -> list[list[Item]]:
    """The items that have a page, with its address, in the rail's groups."""
    groups = [EVERYBODY, OVERSIGHT] if oversees else [EVERYBODY]
    found = [[replace(item, url=address(item.name)) for item in group if address(item.name)] for group in groups]
    return [group for group in found if group]


def _is_on(item: Item, path: str) -> bool:
    """Whether `path` is the item's page, or below it."""
    return path == item.url if item.url == "/" else path.startswith(item.url)
