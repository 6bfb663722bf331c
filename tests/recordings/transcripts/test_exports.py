"""The transcript as files: each form holds what is shown, and breaks no program that reads it."""

import csv
import io
import json

import pytest
from django.test import Client
from django.urls import reverse

from recordings_site.accounts.models import AuditEvent, Role
from recordings_site.recordings.models import LineCorrection, RecordingJob, SpeakerName
from recordings_site.recordings.transcripts import exports, lines
from tests import factories

pytestmark = pytest.mark.django_db
RAW = b'{"text": "as  Sinch wrote it", "lines": []}'
TALK = (
    (0.5, "Speaker 1", "Good <b>morning</b>.\n\nNext --> line"),
    (4.2, "Speaker 2", '=HYPERLINK("x")'),
    (4.2, "Speaker 2", "Same second"),
    (9.9, "Spk>3", "The end"),
)


@pytest.fixture
def recording() -> RecordingJob:
    made = factories.recording(duration=10.2, caller="+46701234567")
    transcript = factories.transcript(made, TALK, raw=RAW)
    author = factories.user(Role.SUPERVISOR)
    LineCorrection.objects.create(transcript=transcript, position=3, text="Corrected ending", author=author)
    SpeakerName.objects.create(recording=made, speaker_label="Speaker 2", name="Anna", author=author)
    return made


def written(recording: RecordingJob, form: str) -> str:
    return exports.EXPORT_FORMATS[form].write(recording, lines.shown_lines(recording.transcript))


def test_text_has_times_names_and_corrections(recording: RecordingJob) -> None:
    text = written(recording, "txt")
    assert "[0:04] Anna: Same second" in text
    assert "[0:09] Spk>3: Corrected ending" in text


def test_subtitles_end_at_the_next_start_never_before_a_second(recording: RecordingJob) -> None:
    cues = written(recording, "srt").split("\n\n")
    assert cues[0] == "1\n00:00:00,500 --> 00:00:04,200\nSpeaker 1: Good <b>morning</b>. Next → line"
    assert "00:00:04,200 --> 00:00:09,900" in cues[1]
    assert "00:00:04,200 --> 00:00:09,900" in cues[2]
    assert "00:00:09,900 --> 00:00:10,900" in cues[3]


def test_webvtt_escapes_what_was_said_and_who_said_it(recording: RecordingJob) -> None:
    vtt = written(recording, "vtt")
    assert vtt.startswith("WEBVTT\n\n")
    assert "<v Speaker 1>Good &lt;b&gt;morning&lt;/b&gt;. Next → line" in vtt
    assert "<v Spk&gt;3>Corrected ending" in vtt
    assert vtt.count("-->") == 4


def test_json_has_sinchs_shape(recording: RecordingJob) -> None:
    document = json.loads(written(recording, "json"))
    assert set(document) == {"text", "lines"}
    assert document["lines"][3] == {"timestamp": 9.9, "speakerLabel": "Spk>3", "text": "Corrected ending"}


def test_a_spreadsheet_runs_nothing_of_what_was_said(recording: RecordingJob) -> None:
    rows = list(csv.DictReader(io.StringIO(written(recording, "csv"))))
    assert rows[1]["text"] == '\'=HYPERLINK("x")'
    assert rows[3]["original"] == "The end"
    assert rows[0]["text"] == TALK[0][2]


def test_a_vcon_names_parties_dialog_and_transcript(recording: RecordingJob) -> None:
    vcon = json.loads(written(recording, "vcon"))
    assert vcon["vcon"] == "0.3.0"
    assert [party["tel"] for party in vcon["parties"]] == [recording.number.e164, "+46701234567"]  # type: ignore[union-attr]
    assert vcon["dialog"][0]["duration"] == 10.2
    assert vcon["analysis"][0]["body"]["lines"][1]["speakerLabel"] == "Anna"


def test_a_file_name_is_plain_ascii_whatever_the_number_is_called(recording: RecordingJob) -> None:
    assert recording.number is not None
    recording.number.label = '../Kundtjänst "Söder"\r\n'
    name = exports.file_name(recording, "mp3")
    assert name.isascii()
    assert not set(name) & set('/\\"\r\n ')
    assert name.endswith(".mp3")


def test_sinchs_own_file_leaves_untouched_and_each_export_is_a_row(client: Client, recording: RecordingJob) -> None:
    auditor = factories.user(Role.AUDITOR)
    client.force_login(auditor)
    answer = client.get(reverse("recording_export", args=[recording.pk, "sinch"]))
    assert answer.content == RAW
    assert answer["Content-Disposition"].startswith("attachment; filename=")
    for form in exports.EXPORT_FORMATS:
        assert client.get(reverse("recording_export", args=[recording.pk, form])).status_code == 200
    rows = AuditEvent.objects.filter(action="transcript.exported", actor_id=auditor.pk)
    assert {row.data["form"] for row in rows} == {*exports.EXPORT_FORMATS, "sinch"}


def test_there_is_no_export_for_support_nor_in_a_form_that_is_none(client: Client, recording: RecordingJob) -> None:
    assert recording.number is not None
    client.force_login(factories.user(Role.SUPPORT, teams=[recording.number.team]))
    assert client.get(reverse("recording_export", args=[recording.pk, "txt"])).status_code == 404
    client.force_login(factories.user(Role.SUPERVISOR, teams=[recording.number.team]))
    assert client.get(reverse("recording_export", args=[recording.pk, "exe"])).status_code == 404
    assert client.get(reverse("recording_export", args=[recording.pk, "txt"])).status_code == 200


def test_the_audio_leaves_as_a_file_and_is_audited(client: Client, recording: RecordingJob) -> None:
    assert recording.number is not None
    assert recording.destination is not None
    sound = b"ID3" + bytes(5000)
    recording.destination.write_store().write(recording.key, sound, content_type="audio/mpeg")
    recording.size = recording.etag = None  # type: ignore[assignment]
    RecordingJob.objects.filter(pk=recording.pk).update(size=None, etag="")
    url = reverse("recording_download", args=[recording.pk])
    client.force_login(factories.user(Role.SUPPORT, teams=[recording.number.team]))
    assert client.get(url).status_code == 404
    client.force_login(factories.user(Role.SUPERVISOR, teams=[recording.number.team]))
    answer = client.get(url)
    assert b"".join(answer) == sound
    assert "attachment" in answer["Content-Disposition"]
    assert AuditEvent.objects.filter(action="audio.downloaded").count() == 1
