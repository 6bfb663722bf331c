"""Plain functions that make rows for tests. Each makes what it needs; `**fields` sets what the test is about.

Whatever the site itself would do through an action is better made by that action; these rows are what was before.
"""

import base64
import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from django.conf import settings

from recordings_site.accounts.models import Role, Team, User
from recordings_site.calls.models import Call, CallbackDelivery, ConferenceSession, Decision, DecisionOutcome, Direction
from recordings_site.destinations.models import Destination
from recordings_site.destinations.sealing import Keyring
from recordings_site.policies.engine.call_facts import CallFacts
from recordings_site.policies.engine.decision import DecisionFacts, Reason
from recordings_site.policies.engine.schema.routes import Hangup
from recordings_site.policies.models import Application, PhoneNumber, Policy, PolicyVersion
from recordings_site.recordings.lifecycle.derive_state import state_of
from recordings_site.recordings.models import (
    AudioIndex,
    DeletedCode,
    Origin,
    OverdueCode,
    OverdueKind,
    RecordingJob,
    Transcript,
    TranscriptLine,
)

PASSWORD = "correct horse battery staple"
SECRET = base64.b64encode(b"the secret of a test's application").decode()
WRITE_CREDENTIALS = "write-token-of-a-test"
READ_CREDENTIALS = "read-token-of-a-test"
# A Wednesday in winter, away from the changes of the clock.
LONG_AGO = datetime(2026, 1, 14, 9, 30, tzinfo=UTC)
CONNECT = {"action": "connectPstn", "number": "+46700000001", "cli": "{cli}"}

_serial = count(1)


def seal(plaintext: str, model: str, pk: object, field: str) -> str:
    """A secret as its row keeps it."""
    return Keyring.parse(settings.CREDENTIALS_KEYS).seal(plaintext, f"{model}|{pk}|{field}")


def team(**fields: Any) -> Team:
    """A team that owns numbers."""
    return Team.objects.create(**{"name": f"Team {next(_serial)}"} | fields)


def user(role: Role = Role.SUPPORT, *, teams: Sequence[Team] = (), **fields: Any) -> User:
    """A person who can sign in with PASSWORD."""
    person = User(**{"email": f"{role}{next(_serial)}@example.com", "role": role} | fields)
    person.set_password(PASSWORD)
    person.save()
    person.teams.set(teams)
    return person


def admin(**fields: Any) -> User:
    """A person who may set everything and sees all."""
    return user(Role.ADMIN, **fields)


def destination(**fields: Any) -> Destination:
    """A local destination, whose bucket is a folder under LOCAL_STORE_ROOT that is made here."""
    serial = next(_serial)
    made = Destination.objects.create(
        **{"name": f"Destination {serial}", "kind": "local", "bucket": f"bucket-{serial}"} | fields
    )
    made.write_credentials = seal(WRITE_CREDENTIALS, "destination", made.pk, "write_credentials")
    made.read_credentials = seal(READ_CREDENTIALS, "destination", made.pk, "read_credentials")
    made.save()
    if made.kind == "local":
        (Path(settings.LOCAL_STORE_ROOT) / made.bucket).mkdir(parents=True, exist_ok=True)
    return made


def application(**fields: Any) -> Application:
    """A Sinch application that signs with SECRET."""
    serial = next(_serial)
    made = Application.objects.create(
        **{"name": f"Application {serial}", "key": f"key-of-application-{serial}", "default_route": CONNECT} | fields
    )
    made.secret = seal(SECRET, "application", made.pk, "secret")
    made.save()
    return made


def policy(document: dict[str, Any] | None = None, **fields: Any) -> Policy:
    """A policy whose published version is `document`: unless given, it records every call by the flag."""
    made = Policy.objects.create(**{"name": f"Policy {next(_serial)}"} | fields)
    made.published = PolicyVersion.objects.create(
        policy=made, number=1, document=document or {"otherwise_record": True, "route": CONNECT}, published_at=LONG_AGO
    )
    made.save()
    return made


def number(**fields: Any) -> PhoneNumber:
    """A phone number with an application and a team; no policy unless given."""
    serial = next(_serial)
    fields["application"] = fields.get("application") or application()
    fields["team"] = fields.get("team") or team()
    return PhoneNumber.objects.create(**{"digits": f"4620{serial:07}", "label": f"Number {serial}"} | fields)


def call(**fields: Any) -> Call:
    """An inbound call to a number, a minute long, answered and over."""
    serial = next(_serial)
    called = fields.setdefault("number", None) or number()
    started = fields.get("started_at", LONG_AGO + timedelta(minutes=serial))
    ended = started + timedelta(minutes=1)
    facts = {
        "number": called,
        "application": called.application,
        "call_id": f"call-{serial}",
        "direction": Direction.INBOUND,
        "caller": "+46733000001",
        "caller_digits": "46733000001",
        "called": called.e164,
        "called_type": "did",
        "started_at": started,
        "ice_at": started,
        "ice_received_at": started,
        "answered_at": started + timedelta(seconds=5),
        "ace_received_at": started + timedelta(seconds=5),
        "ended_at": ended,
        "dice_received_at": ended,
        "dice_result": "ANSWERED",
        "duration": 60.0,
    }
    return Call.objects.create(**facts | fields | {"number": called})


def decision(of: Call, *, record: bool = True, **fields: Any) -> Decision:
    """What was decided about a call: as a policy without rules does it."""
    reason = Reason.OTHERWISE_RECORDS if record else Reason.NO_RULE_MATCHES
    nobody = CallFacts(of.call_id, of.direction, of.caller, of.called, "", of.started_at)
    facts = DecisionFacts(
        nobody, record, reason, Hangup(), values={"has_rules": False}, policy_name="Policy", version_number=1
    )
    outcome = DecisionOutcome.RECORD if record else DecisionOutcome.DO_NOT_RECORD
    return Decision.objects.create(
        **{"call": of, "outcome": outcome, "reason": reason, "facts": facts.to_dict()} | fields
    )


def conference_session(**fields: Any) -> ConferenceSession:
    """A conference that is over."""
    serial = next(_serial)
    opener = fields.pop("number", None) or number()
    facts = {"conference_id": f"room-{serial}", "opened_at": LONG_AGO, "closed_at": LONG_AGO + timedelta(hours=1)}
    return ConferenceSession.objects.create(**facts | {"number": opener, "application": opener.application} | fields)


def recording(**fields: Any) -> RecordingJob:
    """A recording of a call, available in a local destination. `call=None` makes one whose call nobody knows.

    The object itself is not written: `destination.write_store().write(key, ...)` does that.
    """
    serial = next(_serial)
    owner = fields.get("call") or fields.get("conference_session")
    if owner is None and "call" not in fields:
        owner = fields["call"] = call(**({"number": fields["number"]} if fields.get("number") else {}))
    began = getattr(owner, "started_at", None) or getattr(owner, "opened_at", None)
    happened: datetime = fields.get("happened_at") or began or LONG_AGO
    facts = {
        "origin": Origin.FLAG if owner else Origin.ADOPTED,
        "number": getattr(owner, "number", None),
        "direction": getattr(owner, "direction", Direction.UNKNOWN),
        "caller": getattr(owner, "caller", ""),
        "caller_type": getattr(owner, "caller_type", ""),
        "happened_at": happened,
        "key": f"recordings/{serial}.mp3",
        "expected_at": happened,
        "started_at": happened,
        "finished_at": happened + timedelta(minutes=1),
        "available_at": happened + timedelta(minutes=2),
        "duration": 55.0,
        "size": 110_000,
    } | fields
    facts["destination"] = facts.get("destination") or destination()
    peaks = facts.pop("peaks", None)
    if facts["origin"] != Origin.ADOPTED:
        facts = {"asked_destination": facts["destination"], "asked_key": facts["key"]} | facts
    job = RecordingJob(**facts)
    job.state = fields.get("state") or state_of(job)
    job.save()
    if peaks is not None:
        AudioIndex.objects.create(recording=job, peaks=peaks)
    return job


def overdue(**fields: Any) -> RecordingJob:
    """A recording whose file should have arrived: late after ten minutes, unless told otherwise."""
    facts = {
        "available_at": None,
        "overdue_since": LONG_AGO,
        "overdue_kind": OverdueKind.LATE,
        "overdue_code": OverdueCode.NOT_WRITTEN,
        "overdue_values": {"minutes": 10},
    }
    return recording(**facts | fields)


def deleted(**fields: Any) -> RecordingJob:
    """A recording that was no longer in the store when that was listed, which deletes by rules of its own."""
    facts = {"deleted_at": LONG_AGO, "deleted_code": DeletedCode.GONE, "deleted_values": {"at": LONG_AGO.isoformat()}}
    return recording(**facts | fields)


def delivery(application: Application, event: dict[str, Any], **fields: Any) -> CallbackDelivery:
    """A callback of Sinch's as it is kept: accepted and not yet applied, unless told otherwise."""
    facts = {
        "signature_digest": str(next(_serial)).encode(),
        "body": json.dumps(event).encode(),
        "event": event["event"],
        "notify_type": event.get("type", ""),
        "reported_call_id": event.get("callid", ""),
        "conference_id": event.get("conferenceId", ""),
    }
    return CallbackDelivery.objects.create(application=application, **facts | fields)


def transcript(of: RecordingJob, lines: Sequence[tuple[float, str, str]], **fields: Any) -> Transcript:
    """The transcript of a recording as rows: (seconds, speaker, text) each. It is not indexed for search."""
    made = Transcript.objects.create(
        **{"recording": of, "raw": b"{}", "locale": "en-US", "line_count": len(lines)} | fields
    )
    TranscriptLine.objects.bulk_create(
        TranscriptLine(
            id=next(_serial),
            transcript=made,
            position=position,
            timestamp=seconds,
            speaker_label=speaker,
            text=said,
        )
        for position, (seconds, speaker, said) in enumerate(lines)
    )
    return made
