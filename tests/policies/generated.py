"""Policies and calls made from a seed: any number of them, the same each time, odd ones among them."""

from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from recordings_site.policies.engine.call_facts import CallFacts
from recordings_site.policies.engine.schema.document import parse
from recordings_site.policies.engine.schema.routes import ConnectPstn
from recordings_site.policies.engine.snapshot import (
    ApplicationFacts,
    DestinationFacts,
    NumberFacts,
    PolicyFacts,
    Snapshot,
)

KEY = "0f3ba1f0-5b6c-4d2e-9a4e-1f2d3c4b5a69"
SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
TEMPLATES = ("", "{date}/{recording}.{format}", "{number}/", "calls/{call_id}-{recording}.{format}")
CREDENTIALS = {
    "s3": f"AKIAIOSFODNN7EXAMPLE:{SECRET}:eu-central-1",
    "gs": f"GOOG1EXAMPLE:{SECRET}",
    "azure": SECRET + SECRET + "EXAMPLE=",
}
OWN = "46800000001"
LOCALES = ("en-US", "sv-SE", "de-DE")
ENDPOINTS = ("agent@pbx.example.com", "{to}@pbx.example.com")
MENU_KEYS = "1234567890*#"


def route(random: Random, *, branch: bool = False) -> dict[str, Any]:
    """Any route that a document may hold."""
    actions = ["connectPstn", "connectSip", "connectConf", "hangup"]
    action = random.choice(actions if branch else [*actions, "asDialled", "connectMxp", "runMenu", "park"])
    number = random.choice(["{to}", "{number}", "+46771000000", "46771000000"])
    cli = random.choice(["{cli}", "{number}", "+46800000009"])
    suppress = random.random() < 0.2
    match action:
        case "connectPstn":
            return {"action": action, "number": number, "cli": cli, "suppress_callbacks": suppress}
        case "connectSip":
            return {"action": action, "endpoint": random.choice(ENDPOINTS), "cli": cli, "suppress_callbacks": suppress}
        case "connectConf":
            return {"action": action, "conference_id": random.choice(["room", "{number}", "{call_id}", "r-{cli}"])}
        case "connectMxp":
            return {"action": action, "username": random.choice(["alice", "bob@example.com", "{to}", "u-{cli}"])}
        case "asDialled":
            return {"action": action, "cli": cli, "suppress_callbacks": suppress}
        case "park":
            return {"action": action, "intro_prompt": "Please hold", "hold_prompt": "#href[hold.mp3]"}
        case "runMenu":
            keys = random.sample(MENU_KEYS, random.randint(1, 4))
            options = [{"dtmf": key, "route": route(random, branch=True)} for key in keys]
            return {
                "action": action,
                "prompt": "Press a key",
                "options": options,
                "default": route(random, branch=True),
            }
        case _:
            return {"action": "hangup"}


def rule(random: Random) -> dict[str, Any]:
    """Any rule."""
    when: dict[str, Any] = {"direction": random.choice(["any", "any", "inbound", "outbound", "callout"])}
    if random.random() < 0.4:
        when["weekdays"] = sorted(random.sample(range(1, 8), random.randint(1, 6)))
    if random.random() < 0.4:
        when["start"], when["end"] = f"{random.randint(0, 23):02}:00", f"{random.randint(0, 23):02}:30"
    if random.random() < 0.2:
        when["holidays"] = random.choice(["only", "except"])
    if random.random() < 0.3:
        when["callers"] = random.sample(["+4670*", "private", "*1", "alice*", "+46701234567"], 2)
    if random.random() < 0.2:
        when["numbers"] = [random.choice([f"+{OWN}", "+4680*", "+49*"])]
    record = random.random() < 0.7
    percent = random.choice([0, 12.5, 25, 50, 99.99, 100, 100, 100]) if record else 100
    return {"record": record, "when": when, "percent": percent}


def document(random: Random) -> dict[str, Any]:
    """Any document of a policy version, as JSON."""
    kind = random.choice(["none", "say", "play"])
    return {
        "rules": [rule(random) for _ in range(random.randint(0, 5))],
        "otherwise_record": random.random() < 0.5,
        "time_zone": random.choice(["UTC", "Europe/Stockholm", "America/St_Johns", "Asia/Kolkata"]),
        "holidays": random.sample(["12-25", "2026-01-01", "05-01"], random.randint(0, 3)),
        "how": {
            "method": random.choice(["automatic", "flag", "instruction"]),
            "start": random.choice(["connect", "answer"]),
            "announcement": {
                "none": {},
                "say": {"kind": "say", "text": "This call is recorded.", "recorded": random.random() < 0.3},
                "play": {"kind": "play", "files": ["notice.wav"], "recorded": random.random() < 0.3},
            }[kind],
            "format": random.choice(["mp3", "wav"]),
            "notification_events": random.random() < 0.8,
            "transcription": random.random() < 0.7,
            "locale": random.choice(LOCALES),
            "destination": random.choice([1, 2, 3, 4, 5, 99, None]),
            "key_template": random.choice(TEMPLATES),
            "if_impossible": random.choice(["connect", "notice", "refuse"]),
            "notice": "Your call cannot be recorded.",
        },
        "route": route(random),
        "outbound": random.choice(["dialled", "dialled", "route"]),
        "on_answer": random.choice(["continue", "continue", "continue", "hangup"]),
    }


def call(random: Random) -> CallFacts:
    """Any call: to our number, another one, or none."""
    direction = random.choice(["inbound", "inbound", "outbound"])
    caller = random.choice(["+46701234567", "46701234567", "+4915112345678", "private", "", "alice"])
    own = random.choice([f"+{OWN}", OWN])
    far, kind = random.choice(
        [("+46771000000", "number"), ("bob", "username"), ("4711", "conference"), ("a@b.c", "sip")]
    )
    cli, to, to_type = (caller, own, "number") if direction == "inbound" else (own, far, kind)
    user = random.choice(["", "alice", "10023"]) if direction == "outbound" else ""
    at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=random.randrange(366 * 24 * 60))
    call_id = f"{random.getrandbits(128):032x}"
    return CallFacts(call_id, direction, cli, to, OWN, at, KEY, user, to_type=to_type)


def destination(pk: int, kind: str, *, credentials: str | None) -> DestinationFacts:
    """A destination of this kind."""
    account = "exampleaccount" if kind == "azure" else ""
    template = "{date}/{number}/{call_id}-{recording}.{format}"
    return DestinationFacts(pk, f"Store {pk}", kind, account, "example-bucket", "sinch/", template, credentials)


def in_force(data: dict[str, Any], **number: Any) -> Snapshot:
    """A snapshot in which our one number is answered so; destinations 4 and 5 have no usable credentials."""
    return Snapshot(
        revision="1",
        applications={KEY: ApplicationFacts(1, KEY, ("c2VjcmV0",), ConnectPstn(number="+46771000000"))},
        numbers={OWN: NumberFacts(1, OWN, "Support Stockholm", 1, 1, **number)},
        policies={1: PolicyFacts(1, "Support EU", 7, 7, parse(data))},
        destinations={
            1: destination(1, "s3", credentials=CREDENTIALS["s3"]),
            2: destination(2, "gs", credentials=CREDENTIALS["gs"]),
            3: destination(3, "azure", credentials=CREDENTIALS["azure"]),
            4: destination(4, "s3", credentials=None),
            5: destination(5, "s3", credentials=f"{SECRET} is no credential"),
        },
    )
