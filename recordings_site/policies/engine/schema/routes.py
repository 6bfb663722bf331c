"""Where a call goes: routes as frozen dataclasses, and their JSON.

A number may be a literal in E.164 or one of the placeholders `{to}` (what was dialled), `{cli}` (who calls) and
`{number}` (our own number in the call); they are filled in per call. A user's name, a SIP address and a conference id
may hold them, and `{call_id}`, anywhere.
"""

import re
from dataclasses import dataclass, fields
from typing import Any

ENDS = ("{to}", "{cli}", "{number}")
PLACEHOLDER = re.compile(r"\{(to|cli|number|call_id)\}")


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
    # What becomes of recording when this is chosen: "", stop (before a card number is keyed in) or start.
    recording: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Stable JSON."""
        recording = {"recording": self.recording} if self.recording else {}
        return {"dtmf": self.dtmf, "route": self.route.to_dict(), **recording}


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
    default_recording: str = ""
    action = "runMenu"

    @property
    def may_start(self) -> bool:
        """Whether a choice starts a recording."""
        return "start" in (self.default_recording, *(option.recording for option in self.options))

    def recording(self, value: str) -> str:
        """What becomes of recording after the caller's input: "", stop or start."""
        return next((option.recording for option in self.options if option.dtmf == value), self.default_recording)

    def key(self, value: str) -> str:
        """The input as an option has it, "" for any other."""
        return value if any(option.dtmf == value for option in self.options) else ""

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
