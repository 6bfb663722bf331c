"""Where a call goes: routes as frozen dataclasses, and their JSON.

A number may be a literal in E.164 or one of the placeholders `{to}` (what was dialled), `{cli}` (who calls) and
`{number}` (our own number in the call); they are filled in per call. A user's name, a SIP address and a conference id
may hold them, and `{call_id}`, anywhere.
"""

import re
from dataclasses import dataclass, fields
from typing import Any

from recordings_site.base import phone_numbers
from recordings_site.policies.engine.fields import Voice
from recordings_site.policies.engine.parsing import Reader

ENDS = ("{to}", "{cli}", "{number}")
PLACEHOLDER = re.compile(r"\{(to|cli|number|call_id)\}")
MUSIC = ("", "ring", "music1", "music2", "music3")
DTMF = r"[0-9A-D#*wW]*"


@dataclass(frozen=True)
class Route:
    """A place for the call to go; `action` is the name of the SVAML action. Use the subclasses."""

    action = ""

    @property
    def brings_ace(self) -> bool:
        """Whether the far end's answer brings an ACE, in which a recording "from answer" can start."""
        return False

    def to_dict(self) -> dict[str, Any]:
        """Stable JSON: the action, then each field that differs from its default."""
        found: dict[str, Any] = {"action": self.action}
        for f in fields(self):
            value = getattr(self, f.name)
            if value != f.default:
                found[f.name] = list(value) if isinstance(value, tuple) else value
        return found


@dataclass(frozen=True)
class ConnectPstn(Route):
    """To a phone number. Real integrations fail without number and cli, so both always go out."""

    number: str = "{to}"
    cli: str = "{cli}"
    max_duration: int = 0
    dial_timeout: int = 0
    locale: str = ""
    dtmf: str = ""
    suppress_callbacks: bool = False
    action = "connectPstn"

    @property
    def brings_ace(self) -> bool:
        """Sinch suppresses ACE and DiCE when asked to."""
        return not self.suppress_callbacks


@dataclass(frozen=True)
class AsDialled(Route):
    """To what was dialled, by the action that fits its type: a number, an app user, a conference, a SIP address."""

    cli: str = "{cli}"
    max_duration: int = 0
    suppress_callbacks: bool = False
    action = "asDialled"

    @property
    def brings_ace(self) -> bool:
        """A number or a SIP address that was dialled brings one; an app user and a conference do not."""
        return not self.suppress_callbacks


@dataclass(frozen=True)
class ConnectSip(Route):
    """To a SIP endpoint such as `agent@pbx.example.com` or `{to}@pbx.example.com`."""

    endpoint: str = ""
    cli: str = "{cli}"
    transport: str = ""
    max_duration: int = 0
    moh: str = ""
    suppress_callbacks: bool = False
    action = "connectSip"

    @property
    def brings_ace(self) -> bool:
        """Sinch suppresses ACE and DiCE when asked to."""
        return not self.suppress_callbacks


@dataclass(frozen=True)
class ConnectMxp(Route):
    """To an app user by name."""

    username: str = ""
    action = "connectMxp"


@dataclass(frozen=True)
class ConnectConf(Route):
    """Into a conference room; numbers in its id have no plus sign."""

    conference_id: str = ""
    moh: str = ""
    action = "connectConf"


@dataclass(frozen=True)
class Hangup(Route):
    """Ends the call."""

    action = "hangup"


HANGUP: Route = Hangup()


@dataclass(frozen=True)
class Park(Route):
    """Holds the caller until the back end fetches the call."""

    intro_prompt: str = ""
    hold_prompt: str = ""
    locale: str = ""
    max_duration: int = 0
    action = "park"


@dataclass(frozen=True)
class MenuOption:
    """One choice of a menu: the input, and where it leads."""

    dtmf: str
    route: Route

    def to_dict(self) -> dict[str, Any]:
        """Stable JSON."""
        return {"dtmf": self.dtmf, "route": self.route.to_dict()}


@dataclass(frozen=True)
class RunMenu(Route):
    """Asks the caller for one input; the input decides, in PIE, where the call goes."""

    prompt: str = ""
    repeat_prompt: str = ""
    repeats: int = 1
    locale: str = ""
    barge: bool = True
    timeout_mills: int = 0
    options: tuple[MenuOption, ...] = ()
    default: Route = HANGUP
    action = "runMenu"

    def to_dict(self) -> dict[str, Any]:
        """Stable JSON, with each option's route."""
        found = super().to_dict()
        found["options"] = [option.to_dict() for option in self.options]
        found["default"] = self.default.to_dict()
        return found

    def branch(self, value: str) -> Route:
        """Where the caller's input leads: the option of that input, else the default."""
        return next((option.route for option in self.options if option.dtmf == value), self.default)


def ends(route: Route) -> tuple[Route, ...]:
    """Every place where a call on `route` may end up: the route itself, or all branches of a menu."""
    if not isinstance(route, RunMenu):
        return (route,)
    return tuple(end for branch in (*(o.route for o in route.options), route.default) for end in ends(branch))


ACTIONS = ("connectPstn", "asDialled", "connectSip", "connectMxp", "connectConf", "hangup", "runMenu", "park")
# What Sinch allows in answer to PIE, and what a menu may therefore lead to. A menu in a menu would need its options in
# the decision of a second PIE; one level answers every need that a form can show.
BRANCHES = ("connectPstn", "connectSip", "connectConf", "hangup")


def parse_route(reader: Reader) -> Route:
    """Read any route."""
    return _parse(reader, ACTIONS)


def parse_branch(reader: Reader) -> Route:
    """Read a route that a menu may lead to."""
    return _parse(reader, BRANCHES)


def _parse(r: Reader, allowed: tuple[str, ...]) -> Route:
    match r.choice("action", allowed, "hangup"):
        case "connectPstn":
            return ConnectPstn(
                number=_number(r, "number", "{to}"),
                cli=_cli(r),
                max_duration=r.integer("max_duration", 0, least=1, most=14400),
                dial_timeout=r.integer("dial_timeout", 0, least=1, most=120),
                locale=_locale(r),
                dtmf=r.text("dtmf", pattern=DTMF, remedy="may hold 0-9, A-D, #, * and w for a pause"),
                suppress_callbacks=r.flag("suppress_callbacks", False),
            )
        case "asDialled":
            return AsDialled(
                cli=_cli(r),
                max_duration=r.integer("max_duration", 0, least=1, most=14400),
                suppress_callbacks=r.flag("suppress_callbacks", False),
            )
        case "connectSip":
            return ConnectSip(
                endpoint=_filled_in(
                    r, "endpoint", most=255, pattern=r"[^\s@]+@[^\s@]+", remedy="must look like name@host"
                ),
                cli=_cli(r),
                transport=r.choice("transport", ("", "UDP", "TCP", "TLS"), ""),
                max_duration=r.integer("max_duration", 0, least=1, most=14400),
                moh=r.choice("moh", MUSIC, ""),
                suppress_callbacks=r.flag("suppress_callbacks", False),
            )
        case "connectMxp":
            return ConnectMxp(_filled_in(r, "username", most=255))
        case "connectConf":
            # 64 is Sinch's limit; a call id fills 36 of them, which the check of the rendered SVAML sees.
            return ConnectConf(_filled_in(r, "conference_id", most=64), r.choice("moh", MUSIC, ""))
        case "runMenu":
            return _parse_menu(r)
        case "park":
            return Park(
                r.text("intro_prompt", most=600),
                r.text("hold_prompt", most=600),
                _locale(r),
                r.integer("max_duration", 0, least=1, most=14400),
            )
        case _:
            return Hangup()


def _parse_menu(r: Reader) -> RunMenu:
    options = r.children("options", _parse_option, most=12)
    if not options:
        r.fail("options", "needs at least one choice; add one or choose another route")
    if len({option.dtmf for option in options}) < len(options):
        r.fail("options", "has the same key twice; each key may lead to one place")
    return RunMenu(
        prompt=_required(r, "prompt", r.text("prompt", most=600)),
        repeat_prompt=r.text("repeat_prompt", most=600),
        repeats=r.integer("repeats", 1, least=0, most=10),
        locale=_locale(r),
        barge=r.flag("barge", True),
        timeout_mills=r.integer("timeout_mills", 0, least=500, most=60000),
        options=options,
        default=r.child("default", parse_branch, HANGUP),
    )


def _parse_option(r: Reader) -> MenuOption:
    dtmf = r.text("dtmf", most=1, pattern=r"[0-9#*]", remedy="must be one key: 0-9, # or *")
    return MenuOption(_required(r, "dtmf", dtmf), r.child("route", parse_branch, HANGUP))


def _cli(r: Reader) -> str:
    return _number(r, "cli", "{cli}")


def _number(r: Reader, name: str, default: str) -> str:
    """A number in the shape of E.164, or a placeholder; Sinch dials nothing else."""
    text = r.text(name, default, most=40)
    if text and text not in ENDS and (wrong := phone_numbers.problem(text)):
        r.fail(name, f"{wrong}; {{to}}, {{cli}} and {{number}} may stand for a number")
    return _required(r, name, text)


def _filled_in(r: Reader, name: str, *, most: int, pattern: str = "", remedy: str = "") -> str:
    """A text that may hold PLACEHOLDERS; any other brace would go out as it stands, and lead nowhere."""
    text = r.text(name, most=most, pattern=pattern, remedy=remedy)
    if set("{}") & set(PLACEHOLDER.sub("", text)):
        r.fail(name, "may hold {to}, {cli}, {number} and {call_id}, and no other braces")
    return _required(r, name, text)


def _locale(r: Reader) -> str:
    return Voice().read(r, "locale", "")


def _required(r: Reader, name: str, value: str) -> str:
    if not value:
        r.fail(name, "is required")
    return value
