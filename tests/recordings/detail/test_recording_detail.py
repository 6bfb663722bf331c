"""The page of a recording, over HTTP."""

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from recordings_site.accounts.models import AuditEvent, Role, User
from recordings_site.calls.models import CallbackDelivery
from recordings_site.recordings.audio.waveform import pack
from recordings_site.recordings.ingest import actions as ingest
from recordings_site.recordings.lifecycle.objects import mark_deleted
from recordings_site.recordings.models import DeletedCode, Listening, RecordingJob, State
from recordings_site.sinch import transcript
from recordings_site.sinch.uploads.destination_url import transcript_key
from tests import factories

pytestmark = pytest.mark.django_db
TALK = ((0.5, "Speaker 1", "Good morning."), (4.2, "Speaker 2", "A <b>refund</b>, please."))


def page_of(recording: RecordingJob, user: User, query: str = "") -> str:
    client = Client()
    client.force_login(user)
    response = client.get(reverse("recording", args=[recording.pk]) + query)
    assert response.status_code == 200
    return response.content.decode()


def teammate(recording: RecordingJob, role: Role = Role.SUPPORT) -> User:
    assert recording.number is not None
    return factories.user(role, teams=[recording.number.team])


def test_support_reads_a_sentence_and_three_steps_and_admins_what_sinch_and_the_site_said() -> None:
    recording = factories.recording(size=110_000)
    call = recording.call
    assert call is not None
    recording.decision = factories.decision(call, ice_svaml={"action": {"name": "connectPstn", "record": True}})
    recording.save()
    factories.transcript(recording, TALK, locale="sv-SE")
    CallbackDelivery.objects.create(
        application=call.application,
        signature_digest=b"1" * 32,
        body=json.dumps({"event": "notify", "type": "recording_available"}).encode(),
        event="notify",
        notify_type="recording_available",
        recording_id=recording.pk,
    )
    html = page_of(recording, teammate(recording))
    assert 'lang="sv-SE"' in html
    assert "A &lt;b&gt;refund&lt;/b&gt;, please." in html
    assert "Recorded: “Policy” v1 records every call." in html
    assert reverse("recording_audio", args=[recording.pk]) in html
    page = Client()
    page.force_login(teammate(recording))
    calls = page.get(reverse("call", args=[call.pk])).content.decode()
    for agents in (html, calls):
        assert re.findall(r"<strong>(Call|Recording|File)</strong>", agents) == ["Call", "Recording", "File"]
        assert not re.search(r"connectPstn|recording_available|Technical details|\b(ICE|ACE|DiCE|SVAML)\b", agents)
    technical = page_of(recording, factories.admin())
    assert "Technical details" in technical
    assert "connectPstn" in technical
    assert "recording_available" in technical


def test_an_admin_assigns_a_recording_without_a_number() -> None:
    recording, number = factories.recording(call=None), factories.number()
    colleague, admin = factories.user(teams=[number.team]), Client()
    admin.force_login(factories.admin())
    assert number.label in page_of(recording, factories.admin()).partition("Assign to")[2]
    assert "Assign to" not in page_of(recording, factories.user(Role.AUDITOR))
    url = reverse("recording_assign", args=[recording.pk])
    assert "This number doesn’t exist" in admin.post(url, {"number": "999999"}, follow=True).content.decode()
    assert f"{number.team} can now see it" in admin.post(url, {"number": number.pk}, follow=True).content.decode()
    assert number.label in page_of(recording, colleague)
    assert AuditEvent.objects.get(action="recording.assigned").data == {"number": number.e164}
    other = factories.number()
    assert "already" in admin.post(url, {"number": other.pk}, follow=True).content.decode()
    recording.refresh_from_db()
    assert recording.number == number


def test_a_stranger_finds_no_page_no_waveform_and_nothing_to_listen_to(client: Client) -> None:
    recording = factories.recording(peaks=pack([b"\x01"]))
    client.force_login(factories.user(teams=[factories.team()]))
    for name in ("recording", "recording_peaks"):
        assert client.get(reverse(name, args=[recording.pk])).status_code == 404
    response = client.post(reverse("recording_played", args=[recording.pk]), {"seconds": 9, "position": 9})
    assert response.status_code == 404
    assert not Listening.objects.exists()


def test_a_page_of_two_hundred_lines_takes_as_many_queries_as_one_of_one(client: Client) -> None:
    number, counts = factories.number(), []
    client.force_login(factories.user(teams=[number.team]))
    for size in (1, 200):
        recording = factories.recording(number=number)
        factories.transcript(recording, tuple((float(i), f"S{i % 3}", "words") for i in range(size)))
        client.get(reverse("recording", args=[recording.pk]))  # that it was read is written down once
        with CaptureQueriesContext(connection) as captured:
            client.get(reverse("recording", args=[recording.pk]))
        counts.append(len(captured))
    assert counts[0] == counts[1] <= 16


def test_the_notes_alone_are_made_without_reading_the_transcript(client: Client) -> None:
    recording = factories.recording()
    factories.transcript(recording, TALK)
    client.force_login(teammate(recording))
    with CaptureQueriesContext(connection) as captured:
        part = client.get(
            reverse("recording", args=[recording.pk]), headers={"HX-Request": "true", "HX-Target": "notes"}
        )
    assert "Select words" in part.content.decode()
    assert not [query for query in captured if "transcriptline" in query["sql"]]


def test_a_link_to_a_time_starts_the_audio_there_without_javascript() -> None:
    recording = factories.recording()
    assert "/audio#t=75.5" in page_of(recording, teammate(recording), "?t=1:15.5")
    assert "#t=" not in page_of(recording, teammate(recording), "?t=nonsense")


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        (
            {"deleted_at": timezone.now(), "deleted_code": "gone", "deleted_values": {"at": "2026-03-05T12:00:00Z"}},
            "it was no longer in storage on 5 March 2026",
        ),
        (
            {
                "available_at": None,
                "overdue_since": timezone.now() - timedelta(minutes=14),
                "overdue_kind": "late",
                "overdue_code": "not_written",
                "overdue_values": {"minutes": 10},
            },
            "Late: not uploaded within 10 minutes of",
        ),
        ({"available_at": None, "finished_at": timezone.now()}, "has not uploaded it yet"),
        (
            {
                "available_at": None,
                "finished_at": None,
                "started_at": None,
                "not_recorded_at": timezone.now(),
            },
            "never answered",
        ),
    ],
)
def test_without_sound_the_page_says_why(facts: dict[str, Any], sentence: str) -> None:
    recording = factories.recording(**facts)
    html = page_of(recording, teammate(recording))
    assert sentence in html
    assert "<audio" not in html


@pytest.mark.parametrize(
    ("asked", "lines", "sentence"),
    [
        (True, None, "Transcript pending"),
        (False, None, "Not transcribed"),
        (True, (), "No speech found"),
    ],
)
def test_without_lines_the_page_says_why(asked: bool, lines: Any, sentence: str) -> None:
    recording = factories.recording(transcription=asked)
    if lines is not None:
        factories.transcript(recording, lines)
    assert sentence in page_of(recording, teammate(recording))


@pytest.mark.parametrize("kind", ["late", "missing"])
def test_no_transcript_is_pending_of_a_recording_that_never_came(kind: str) -> None:
    recording = factories.overdue(overdue_kind=kind, transcription=True)
    html = page_of(recording, teammate(recording))
    assert "It comes after the recording." in html
    assert "Transcript pending" not in html


def test_several_recordings_of_a_call_are_tabs_in_the_order_of_time() -> None:
    call = factories.call()
    parts = [factories.recording(call=call, ordinal=ordinal) for ordinal in (1, 2, 3)]
    html = page_of(parts[1], teammate(parts[1]))
    places = [html.index(f'href="{reverse("recording", args=[part.pk])}"') for part in parts]
    assert places == sorted(places)
    assert html.count('aria-current="page">Part 2') == 1


def test_the_waveform_is_sent_as_it_was_kept(client: Client) -> None:
    recording = factories.recording(peaks=pack([b"\x00\xff"]), duration=12.5)
    client.force_login(teammate(recording))
    answer = client.get(reverse("recording_peaks", args=[recording.pk])).json()
    assert answer == {"duration": 12.5, "lanes": ["AP8="]}


def test_opening_the_page_is_not_hearing_it() -> None:
    recording = factories.recording()
    page_of(recording, teammate(recording))
    assert not Listening.objects.exists()
    assert not AuditEvent.objects.filter(action="audio.heard").exists()


def test_reading_a_transcript_is_written_once_in_half_an_hour_and_only_where_there_is_one() -> None:
    recording, silent = factories.recording(), factories.recording()
    factories.transcript(recording, [(0.0, "Speaker 1", "good morning")])
    reader, other = teammate(recording), factories.admin()
    for person in (reader, reader, other):
        page_of(recording, person)
    page_of(silent, other)
    rows = AuditEvent.objects.filter(action="transcript.read").values_list("actor_id", "subject_id")
    assert sorted(rows) == sorted([(reader.pk, str(recording.pk)), (other.pk, str(recording.pk))])


def test_every_answer_with_the_whole_page_counts_as_reading_its_transcript(client: Client) -> None:
    recording = factories.recording()
    factories.transcript(recording, [(0.0, "Speaker 1", "good morning")])
    url = reverse("recording", args=[recording.pk])
    comments = reverse("recording_comment", args=[recording.pk])
    asks = (
        lambda: client.get(url, headers={"HX-Request": "true"}),
        lambda: client.get(url, headers={"HX-Request": "true", "HX-Target": "elsewhere"}),
        lambda: client.post(comments, {"text": ""}),
    )
    for ask in asks:
        reader = teammate(recording)
        client.force_login(reader)
        assert b"good morning" in ask().content
        assert AuditEvent.objects.filter(action="transcript.read", actor_id=reader.pk).exists()


def test_what_was_heard_adds_up_is_audited_and_marks_the_recording(client: Client) -> None:
    recording = factories.recording()
    user = teammate(recording, Role.AUDITOR)
    client.force_login(user)
    url = reverse("recording_played", args=[recording.pk])
    assert client.post(url, {"seconds": "15", "position": "15"}).status_code == 204
    row = Listening.objects.get(user=user)
    assert (row.seconds, row.position, row.played_at) == (15, 15, None)
    client.post(url, {"seconds": "2.5", "position": "50", "done": "on"})
    row.refresh_from_db()
    assert (row.seconds, row.position) == (17.5, 50)
    assert row.played_at is not None
    heard = AuditEvent.objects.filter(action="audio.heard", actor_id=user.pk)
    assert sorted(event.data["seconds"] for event in heard) == [2.5, 15]
    assert "data-resume=" in page_of(recording, user)


def test_leaving_without_having_played_anything_records_nothing(client: Client) -> None:
    recording = factories.recording()
    client.force_login(teammate(recording))
    client.post(reverse("recording_played", args=[recording.pk]), {"seconds": "0", "position": "40", "done": "on"})
    assert Listening.objects.get().played_at is None
    assert not AuditEvent.objects.filter(action="audio.heard").exists()


@pytest.mark.parametrize("seconds", ["", "nan", "inf", "-1", "1e9", "x"])
def test_nonsense_is_not_heard(client: Client, seconds: str) -> None:
    recording = factories.recording()
    client.force_login(teammate(recording))
    url = reverse("recording_played", args=[recording.pk])
    assert client.post(url, {"seconds": seconds, "position": "4"}).status_code == 400


def test_the_speed_is_remembered_for_the_person(client: Client) -> None:
    recording = factories.recording()
    user = teammate(recording)
    client.force_login(user)
    assert client.post(reverse("player_settings"), {"speed": "1.75", "skip_silence": "on"}).status_code == 204
    assert client.post(reverse("player_settings"), {"speed": "9"}).status_code == 400
    user.refresh_from_db()
    html = page_of(recording, user)
    assert 'data-speed="1.75"' in html
    assert 'data-skip="1"' in html


def test_who_waits_for_a_recording_is_told_when_it_is_there() -> None:
    recording = factories.recording(available_at=None)
    client = Client()
    client.force_login(teammate(recording))
    url = reverse("recording", args=[recording.pk])

    def part() -> str:
        return client.get(url, headers={"HX-Request": "true", "HX-Target": "silent"}).content.decode()

    assert f'hx-get="{url}" hx-target="#silent"' in client.get(url).content.decode()
    assert "No recording available yet" in part()
    recording.available_at = timezone.now()
    recording.state = State.AVAILABLE
    recording.save()
    assert f'<a class="btn btn-primary" href="{url}">Play</a>' in part()
    assert "hx-get" not in part()
    mark_deleted(recording.pk, by=None, code=DeletedCode.GONE, values={"at": "2026-03-05"}, at=timezone.now())
    # What will never come is not asked for.
    assert "hx-target=" not in client.get(url).content.decode().partition('id="silent"')[2].partition("</section>")[0]


def test_a_transcript_that_is_not_json_is_reported_and_shown_as_it_came() -> None:
    recording = factories.recording()
    ingest.save_transcript(recording.pk, raw=b"<Error>\xff no such key</Error>")
    reader = teammate(recording)
    html = page_of(recording, reader)
    assert "The transcript file can’t be read: it isn’t valid JSON." in html
    assert "found no words in it" not in html
    client = Client()
    client.force_login(reader)
    original = client.get(reverse("recording_original", args=[recording.pk])).content.decode()
    assert "&lt;Error&gt;\N{REPLACEMENT CHARACTER} no such key" in original


def said_at_length(lines: int) -> bytes:
    said = [{"timestamp": index, "text": f"word{index}"} for index in range(lines)]
    return json.dumps({"text": "", "lines": said}).encode()


def test_lines_beyond_the_bound_are_stated_with_the_original_to_download(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transcript, "MAX_LINES", 3)
    recording = factories.recording()
    ingest.save_transcript(recording.pk, raw=said_at_length(5))
    html = page_of(recording, teammate(recording, Role.SUPERVISOR))
    assert "Only the first 3 of 5 lines are shown and can be searched." in html
    assert "word2" in html
    assert "word3" not in html
    assert "Download the original file" in html
    assert "Download the original file" not in page_of(recording, teammate(recording))


def test_a_transcript_too_large_to_be_read_is_stated_and_downloaded_from_its_store() -> None:
    recording = factories.recording()
    raw = said_at_length(9)
    recording.destination.write_store().write(transcript_key(recording.key), raw, content_type="application/json")
    ingest.save_unread_transcript(recording.pk, size=17_000_000)
    supervisor = teammate(recording, Role.SUPERVISOR)
    html = page_of(recording, supervisor)
    assert "The transcript file (17.0 MB) is larger than the 16.0 MB" in html
    assert "has not come yet" not in html
    client = Client()
    client.force_login(supervisor)
    response = client.get(reverse("recording_export", args=[recording.pk, "sinch"]))
    assert b"".join(response.streaming_content) == raw
    assert response["Content-Length"] == str(len(raw))
    assert AuditEvent.objects.filter(action="transcript.exported", actor_id=supervisor.pk).count() == 1
    assert client.get(reverse("recording_original", args=[recording.pk])).status_code == 200
    recording.destination.write_store().delete(transcript_key(recording.key))
    assert client.get(reverse("recording_export", args=[recording.pk, "sinch"])).status_code == 404


def test_of_a_long_original_the_beginning_is_shown() -> None:
    recording = factories.recording()
    ingest.save_transcript(recording.pk, raw=said_at_length(20_000))
    client = Client()
    client.force_login(teammate(recording))
    html = client.get(reverse("recording_original", args=[recording.pk])).content.decode()
    assert "Only the beginning of the file is shown here." in html
    assert len(html) < 1_000_000


def test_the_agent_is_named_where_an_app_user_called(client: Client) -> None:
    call = factories.call(caller="dana", caller_type="username", called="+46701740660", called_type="number")
    client.force_login(factories.admin())
    html = client.get(reverse("recording", args=[factories.recording(call=call).pk])).content.decode()
    assert 'href="/recordings/?caller=dana"' in html
