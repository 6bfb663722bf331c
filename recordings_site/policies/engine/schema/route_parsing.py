"""Reads the JSON of routes: each field with its grammar, and words for what is wrong."""

from recordings_site.base import phone_numbers
from recordings_site.policies.engine.schema.fields import Voice
from recordings_site.policies.engine.schema.parsing import Reader
from recordings_site.policies.engine.schema.routes import (
    ENDS,
    HANGUP,
    PLACEHOLDER,
    AsDialled,
    ConnectConf,
    ConnectMxp,
    ConnectPstn,
    ConnectSip,
    Hangup,
    MenuOption,
    Park,
    Route,
    RunMenu,
)

RECORDING = ("", "stop", "start")
MUSIC = ("", "ring", "music1", "music2", "music3")
DTMF = r"[0-9A-D#*wW]*"

BRACES = "may contain {to}, {cli}, {number} and {call_id}, but no other braces"
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
                dtmf=r.text("dtmf", pattern=DTMF, remedy="may contain 0-9, A-D, #, * and w for a pause"),
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
        r.fail("options", "has the same key twice; use each key once")
    return RunMenu(
        prompt=_required(r, "prompt", r.text("prompt", most=600)),
        repeat_prompt=r.text("repeat_prompt", most=600),
        repeats=r.integer("repeats", 1, least=0, most=10),
        locale=_locale(r),
        barge=r.flag("barge", True),
        timeout_mills=r.integer("timeout_mills", 0, least=500, most=60000),
        options=options,
        default=r.child("default", parse_branch, HANGUP),
        default_recording=r.choice("default_recording", RECORDING, ""),
    )


def _parse_option(r: Reader) -> MenuOption:
    dtmf = r.text("dtmf", most=1, pattern=r"[0-9#*]", remedy="must be one key: 0-9, # or *")
    recording = r.choice("recording", RECORDING, "")
    return MenuOption(_required(r, "dtmf", dtmf), r.child("route", parse_branch, HANGUP), recording)


def _cli(r: Reader) -> str:
    return _number(r, "cli", "{cli}")


def _number(r: Reader, name: str, default: str) -> str:
    """A number in the shape of E.164, or a placeholder; Sinch dials nothing else."""
    text = r.text(name, default, most=40)
    if text and text not in ENDS and (wrong := phone_numbers.problem(text)):
        r.fail(name, f"{wrong}; {{to}}, {{cli}} and {{number}} are also allowed")
    return _required(r, name, text)


def _filled_in(r: Reader, name: str, *, most: int, pattern: str = "", remedy: str = "") -> str:
    """A text that may hold PLACEHOLDERS; any other brace would go out as it stands, and lead nowhere."""
    text = r.text(name, most=most, pattern=pattern, remedy=remedy)
    if has_other_braces(text):
        r.fail(name, BRACES)
    return _required(r, name, text)


def has_other_braces(text: str) -> bool:
    """Whether a text holds braces that are none of the placeholders."""
    return bool(set("{}") & set(PLACEHOLDER.sub("", text)))


def _locale(r: Reader) -> str:
    return Voice().read(r, "locale", "")


def _required(r: Reader, name: str, value: str) -> str:
    if not value:
        r.fail(name, "is required")
    return value
