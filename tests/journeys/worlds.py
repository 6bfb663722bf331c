"""A small world for tests that visit everything: one recorded, transcribed call, one person of each kind."""

import json
from dataclasses import dataclass
from pathlib import Path

from recordings_site.accounts.models import Approval, Role, User
from recordings_site.calls.models import Call, ConferenceSession
from recordings_site.policies.models import NumbersChange
from recordings_site.recordings.annotations import actions as annotations
from recordings_site.recordings.ingest import actions as ingest
from recordings_site.recordings.models import Attribution, RecordingJob, SavedSearch
from recordings_site.tasks.models import Task
from tests import factories
from tests.sinch_posts import notify

SUPPORT, STRANGER, SUPERVISOR, ADMIN, AUDITOR = "support", "stranger", "supervisor", "admin", "auditor"
AUDIO = next((Path(__file__).parents[2] / "recordings_site" / "simulator" / "speech" / "audio").rglob("*.mp3"))


@dataclass
class World:
    """Its people by kind, its recording, and values for the parameters of URLs."""

    people: dict[str, User]
    recording: RecordingJob
    values: dict[str, object]


def small_world(lines: list[dict[str, object]] | None = None) -> World:
    """Make it; `lines` is what the transcript says, as Sinch writes it."""
    team, other = factories.team(), factories.team()
    policy = factories.policy()
    number = factories.number(team=team, policy=policy)
    people = {
        SUPPORT: factories.user(Role.SUPPORT, teams=[team]),
        STRANGER: factories.user(Role.SUPERVISOR, teams=[other]),
        SUPERVISOR: factories.user(Role.SUPERVISOR, teams=[team]),
        ADMIN: factories.admin(),
        AUDITOR: factories.user(Role.AUDITOR),
    }
    recording = factories.recording(call=factories.call(number=number))
    said = lines or [{"timestamp": 0.5, "speakerLabel": "Speaker 1", "text": "Good morning"}]
    store = recording.destination.write_store() if recording.destination else None
    assert store
    store.write(recording.key, AUDIO.read_bytes()[:40_000], content_type="audio/mpeg")
    transcript = ingest.save_transcript(recording.pk, raw=json.dumps({"text": "", "lines": said}).encode())
    ingest.index_transcript(transcript)
    task = Task.objects.create(kind="recording.inspect", subject="x")
    delivery = factories.delivery(number.application, notify("recording_finished"))
    comment = annotations.add_comment(by=people[SUPPORT], recording=recording, at=1, end=None, text="?")
    tagging = annotations.tag_recording(by=people[SUPERVISOR], recording=recording, name="tag")
    saved = SavedSearch.objects.create(owner=people[SUPPORT], name="Refunds", page="search", query="q=refund")
    session = ConferenceSession.objects.create(
        application=number.application, conference_id="room", number=number, opened_at=factories.LONG_AGO
    )
    Call.objects.filter(pk=recording.call_id).update(conference_session=session)
    asked = Approval.objects.create(
        kind="person.factors", subject_id=people[ADMIN].pk, subject_name="factors", requested_by=people[ADMIN]
    )
    change = NumbersChange.objects.create(made_by=people[ADMIN], words="2 numbers")
    run = Attribution.objects.create(number=number, started_by=people[ADMIN], expected=0, done_at=factories.LONG_AGO)
    values = {
        "change_id": change.pk,
        "run_id": run.pk,
        "approval.pk": asked.pk,
        "choices.kind": "numbers",
        "saved_id": saved.pk,
        "recordings.export_format": "csv",
        "call_pk": recording.call_id,
        "command": "stop",
        "session_pk": session.pk,
        "task.pk": task.pk,
        "delivery.pk": delivery.pk,
        "recording_id": recording.pk,
        "comment_id": comment.pk,
        "tagging_id": tagging.pk,
        "export_format": "txt",
        "destination_id": recording.destination_id,
        "kind": "local",
        "policy_id": policy.pk,
        "number_id": number.pk,
        "application_id": number.application_id,
        "call_id": recording.call_id,
        "person.pk": people[SUPPORT].pk,
        # A session that nobody has: ids of their own are given anew after each request that is taken back.
        "profile.pk": 0,
        "team.pk": team.pk,
        "provider_id": "none",
        "key": "set-password",
        "slug": "search",
        "uidb36": "1",
    }
    return World(people, recording, values)
