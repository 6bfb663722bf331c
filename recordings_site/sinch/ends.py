"""The ends of a call: which type each has, and how it is written for people.

Sinch names the type of the called end (`to.type`: did, number, username, sip, conference, in any case). An app
user's name may consist of digits and a conference may be called 4711, so what an end looks like counts only when
Sinch gives
no type that is known.
"""

import re

from recordings_site.base.formatting import digits, phone

NUMBER = "number"
USERNAME = "username"
SIP = "sip"
CONFERENCE = "conference"
_KNOWN = {"number": NUMBER, "did": NUMBER, "username": USERNAME, "sip": SIP, "conference": CONFERENCE}
# Sinch's own pages and real events write several of these for a caller who withholds the number.
WITHHELD = frozenset({"", "private", "anonymous", "unknown", "restricted", "unavailable", "withheld", "blocked"})
_E164 = re.compile(r"\+?[1-9][0-9]{6,14}")


def end_type(said: str, endpoint: str) -> str:
    """The type of an end as named by Sinch, or guessed from its form when Sinch names none or an unknown one."""
    known = _KNOWN.get(said.strip().lower())
    if known is not None:
        return known
    if digits(endpoint) or is_withheld(endpoint):
        return NUMBER
    return SIP if "@" in endpoint else USERNAME


def caller_type(origination: str, cli: str) -> str:
    """The type of the caller that a call shows, which Sinch doesn't name.

    A SIP trunk shows extensions such as 4711 as well as numbers: there only a whole number is one.
    """
    if origination == "sip" and not is_withheld(cli):
        return NUMBER if _E164.fullmatch(cli.strip()) else SIP
    return end_type("", cli)


def is_withheld(text: str) -> bool:
    """Whether this is one of the values for a withheld number."""
    return text.strip().lower() in WITHHELD


def end_digits(text: str, kind: str) -> str:
    """The digits of an end that is a phone number, "" for any other end."""
    return digits(text) if end_type(kind, text) == NUMBER else ""


def in_app_user(*ends: tuple[str, str]) -> str:
    """The app user among the ends of a call, each with its type, who is its agent; "" without one, or with several."""
    users = [text for text, kind in ends if text and end_type(kind, text) == USERNAME]
    return users[0] if len(users) == 1 else ""


def shown(text: str, kind: str) -> str:
    """An end as shown on pages: a number with spaces, a name unchanged, "" for a withheld number."""
    if end_type(kind, text) != NUMBER:
        return text
    return "" if is_withheld(text) else phone(text)
