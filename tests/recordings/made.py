"""Recordings with their calls and transcripts, made directly: for tests of what stands on them."""

import json
from datetime import UTC, datetime
from typing import Any

from recordings_site.accounts.models import Team, User
from recordings_site.calls.models import Call
from recordings_site.policies.models import Application, PhoneNumber
from recordings_site.recordings.models import RecordingJob, Transcript, TranscriptLine
from recordings_site.recordings.state import state_of

THEN = datetime(2026, 3, 2, 9, 15, tzinfo=UTC)
Said = tuple[float, str, str]
TALK: tuple[Said, ...] = (
    (0.5, "Speaker 1", "Good morning, you are through to support."),
    (4.2, "Speaker 2", "Hi, I would like a refund for my order."),
    (9.0, "Speaker 1", "Of course. What is the order number?"),
    (13.5, "Speaker 2", "It is 4711."),
)


def person(role: str, *teams: Team, email: str = "") -> User:
    """Somebody with this role in these teams."""
    user = User.objects.create(email=email or f"{role}@example.com", role=role)
    user.teams.set(teams)
    return user


def number(team: str = "Support", digits: str = "46800000001", label: str = "Support Stockholm") -> PhoneNumber:
    """A number of a team's."""
    owner, _ = Team.objects.get_or_create(name=team)
    application, _ = Application.objects.get_or_create(
        key="app-key", defaults={"name": "Voice", "default_route": {"name": "hangup"}}
    )
    return PhoneNumber.objects.create(digits=digits, label=label, application=application, team=owner)


def recording(of: PhoneNumber | None = None, *, call_id: str = "call-1", **facts: Any) -> RecordingJob:
    """An available recording of an inbound call to this number; `facts` override its columns."""
    of = of or number()
    call, _ = Call.objects.get_or_create(
        application=of.application,
        call_id=call_id,
        defaults={
            "number": of,
            "direction": "inbound",
            "caller": "+46701234567",
            "called": f"+{of.digits}",
            "started_at": THEN,
        },
    )
    values: dict[str, Any] = {
        "call": call,
        "number": of,
        "direction": "inbound",
        "caller": "+46701234567",
        "origin": "flag",
        "happened_at": THEN,
        "expected_at": THEN,
        "available_at": THEN,
        "duration": 18.0,
        "key": f"{call_id}.mp3",
    }
    made = RecordingJob(**{**values, **facts})
    made.state = state_of(made)
    made.save()
    return made


def transcript(of: RecordingJob, talk: tuple[Said, ...] = TALK, *, locale: str = "en-GB") -> Transcript:
    """A transcript with these lines: seconds, speaker label, text."""
    lines = [{"timestamp": at, "speakerLabel": label, "text": text} for at, label, text in talk]
    raw = json.dumps({"text": " ".join(text for *_, text in talk), "lines": lines}).encode()
    made = Transcript.objects.create(recording=of, raw=raw, locale=locale, line_count=len(talk))
    first = (TranscriptLine.objects.order_by("-id").values_list("id", flat=True).first() or 0) + 1
    TranscriptLine.objects.bulk_create(
        TranscriptLine(
            id=first + position, transcript=made, position=position, timestamp=at, speaker_label=label, text=text
        )
        for position, (at, label, text) in enumerate(talk)
    )
    return made
