"""The transcript as files: each form holds what is shown, and breaks no program that reads it."""

import codecs
import csv
import io
import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from recordings_site.accounts.models import AuditEvent, Role
from recordings_site.recordings.models import LineCorrection, RecordingJob, SpeakerName
from recordings_site.recordings.transcripts import exports, lines
from recordings_site.web.csv_cells import row
from tests import factories
from tests.recordings.transcripts import vcon_rules

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
    assert vcon_rules.problems(vcon) == []
    assert vcon["vcon"] == "0.4.0"
    assert [party["tel"] for party in vcon["parties"]] == [recording.number.e164, "+46701234567"]  # type: ignore[union-attr]
    assert vcon["dialog"][0]["duration"] == 10.2
    assert vcon["dialog"][0]["originator"] == 1
    assert vcon["analysis"][0]["body"]["lines"][1]["speakerLabel"] == "Anna"


@pytest.mark.parametrize(
    ("facts", "media_type", "ending"),
    [
        ({"audio": {"format": "mp3"}}, "audio/x-mp3", ".mp3"),
        ({"audio": {"format": "wav"}, "format": "mp3"}, "audio/x-wav", ".wav"),  # a WAV file named .mp3
        ({"audio": {"format": "ogg"}, "format": "mp3"}, "audio/ogg", ".ogg"),
        ({"problem_code": "unplayable", "problem_values": {"format": "amr"}}, "audio/amr", ".amr"),
        ({"audio": {}, "format": "wav"}, "audio/x-wav", ".wav"),  # not inspected
        ({"audio": {}, "format": "docx", "call": None, "duration": None}, "audio/x-mp3", ".mp3"),
    ],
)
def test_a_vcon_has_the_type_that_the_file_is_of(facts: dict[str, Any], media_type: str, ending: str) -> None:
    recording = factories.recording(**facts)
    vcon = json.loads(exports.vcon(recording, []))
    assert vcon_rules.problems(vcon) == []
    assert vcon["dialog"][0]["mediatype"] == media_type
    assert vcon["dialog"][0]["filename"].endswith(ending)


def test_a_vcon_of_a_stereo_recording_has_as_many_parties_as_channels(recording: RecordingJob) -> None:
    recording.audio = {"format": "mp3", "channels": 2}
    vcon = json.loads(exports.vcon(recording, []))
    assert vcon["dialog"][0]["parties"] == [[0, 1], [0, 1]]
    assert vcon_rules.problems(vcon) == []


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (lambda vcon: vcon.update(vcon="0.3.0"), "vcon"),
        (lambda vcon: vcon.pop("uuid"), "uuid"),
        (lambda vcon: vcon.pop("created_at"), "created_at"),
        (lambda vcon: vcon["dialog"][0].pop("start"), "dialog[0].start"),
        (lambda vcon: vcon["dialog"][0].update(type="call"), "dialog[0].type"),
        (lambda vcon: vcon["dialog"][0].update(parties=[0, 2]), "dialog[0].parties"),
        (lambda vcon: vcon["analysis"][0].pop("vendor"), "analysis[0].vendor"),
        (lambda vcon: vcon["analysis"][0].update(encoding="none"), "analysis[0].body"),
    ],
)
def test_the_rules_of_vcon_refuse_what_its_schema_refuses(
    recording: RecordingJob, change: Callable[[dict[str, Any]], object], problem: str
) -> None:
    vcon = json.loads(written(recording, "vcon"))
    change(vcon)
    assert problem in vcon_rules.problems(vcon)


def test_a_table_has_a_byte_order_mark_for_browsers_and_none_for_scripts(
    client: Client, recording: RecordingJob
) -> None:
    client.force_login(factories.admin())
    tables = (reverse("recording_export", args=[recording.pk, "csv"]), reverse("recordings_export", args=["csv"]),
              reverse("completeness_export"))  # fmt: skip
    for url in tables:
        for_people = client.get(url, headers={"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}).getvalue()
        for_scripts = client.get(url, headers={"Accept": "*/*"}).getvalue()
        assert for_people.startswith(codecs.BOM_UTF8)
        assert not for_scripts.startswith(codecs.BOM_UTF8)
    text = client.get(reverse("recording_export", args=[recording.pk, "srt"]), headers={"Accept": "text/html"})
    assert not text.content.startswith(codecs.BOM_UTF8)


@pytest.mark.parametrize("said", ["=1+1", "+1", "-1", "@x", "\t=1", "\r=1", "\n=1", "＝1", "＠x"])
def test_what_begins_like_a_formula_is_text_in_every_cell(said: str) -> None:
    assert next(csv.reader(io.StringIO(row([said, 1.5, -2]).decode(), newline=""))) == ["'" + said, "1.5", "-2"]


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
