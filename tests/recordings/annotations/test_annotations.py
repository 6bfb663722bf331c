"""Comments, tags, corrections, names of speakers and the offset: through their views."""

import re
from html import unescape
from typing import Any

import pytest
from django.core.mail import EmailMessage
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from recordings_site.accounts.models import AuditEvent, Role, User
from recordings_site.ops.worker.loop import drain
from recordings_site.recordings.annotations import actions as annotations
from recordings_site.recordings.annotations.mentions import with_names
from recordings_site.recordings.inbox.queries import inbox_of
from recordings_site.recordings.models import (
    Comment,
    LineCorrection,
    RecordingJob,
    RecordingTag,
    SpeakerName,
    Transcript,
)
from recordings_site.recordings.transcripts import lines
from recordings_site.recordings.transcripts.speakers import speakers_of
from recordings_site.tasks import registry
from recordings_site.tasks.models import Task
from tests import factories
from tests.refused_mail import refuse_mail_to

pytestmark = pytest.mark.django_db
TALK = ((0.5, "Speaker 1", "Good morning."), (4.2, "Speaker 2", "I want a refold."), (9.0, "Speaker 1", "Sure."))


@pytest.fixture
def recording() -> RecordingJob:
    made = factories.recording(duration=12.0)
    factories.transcript(made, TALK, raw=b"as Sinch wrote it")
    return made


def teammate(recording: RecordingJob, role: Role = Role.SUPERVISOR, **fields: Any) -> User:
    assert recording.number is not None
    return factories.user(role, teams=[recording.number.team], **fields)


def names(recording: RecordingJob) -> list[str]:
    return [each.name for each in speakers_of(recording, [label for _, label, _ in TALK]).values()]


def send(client: Client, url_name: str, recording: RecordingJob, *more: object, **values: Any) -> HttpResponse:
    return client.post(reverse(url_name, args=[recording.pk, *more]), values)  # type: ignore[return-value]


def test_a_comment_on_a_span_mentions_who_sees_the_recording_and_nobody_else(
    client: Client, recording: RecordingJob
) -> None:
    author = teammate(recording, Role.SUPPORT)
    anna = teammate(recording, Role.SUPPORT, email="Anna.Berg@example.com")
    factories.user(Role.SUPPORT, email="stranger@example.com")
    client.force_login(author)
    text = "Look, @anna.berg! And @stranger, mail@anna.berg"
    warned = send(client, "recording_comment", recording, at="4.2", end="9", text=text)
    html = warned.content.decode()
    assert "No one named @stranger can see this recording, so no one would be notified." in html
    assert text in html
    assert not Comment.objects.exists()
    answer = send(client, "recording_comment", recording, at="4.2", end="9", text=text, anyway="on")
    assert answer.status_code == 303
    comment = Comment.objects.get()
    assert (comment.at, comment.end, comment.author) == (4.2, 9, author)
    assert list(comment.mentions.all()) == [anna]
    html = client.get(reverse("recording", args=[recording.pk])).content.decode()
    assert "Look, @anna.berg!" in html
    assert AuditEvent.objects.get(action="comment.added").data["mentions"] == [anna.email]


def test_who_is_mentioned_is_written_to_once_without_what_was_said(
    client: Client, recording: RecordingJob, mailoutbox: list[EmailMessage]
) -> None:
    anna = teammate(recording, Role.SUPPORT, email="anna@example.com")
    client.force_login(teammate(recording))
    send(client, "recording_comment", recording, at="4.2", text="@anna: the caller's secret is 4711")
    task = Task.objects.get(kind="comment.notify_mentioned")
    for _ in range(2):
        registry.load()[task.kind].handler(task)
    [mail] = mailoutbox
    assert mail.to == [anna.email]
    assert f"/recordings/{recording.pk}/?t=4.2" in mail.body
    assert "4711" not in mail.body + mail.subject


def test_a_rejected_mailbox_does_not_keep_others_from_being_notified(
    client: Client, recording: RecordingJob, mailoutbox: list[EmailMessage], monkeypatch: pytest.MonkeyPatch
) -> None:
    teammate(recording, Role.SUPPORT, email="anna@example.com")
    teammate(recording, Role.SUPPORT, email="bert@example.com")
    client.force_login(teammate(recording))
    send(client, "recording_comment", recording, at="4.2", text="@anna and @bert")
    refuse_mail_to("anna@example.com", monkeypatch)
    task = Task.objects.get(kind="comment.notify_mentioned")
    for _ in range(2):
        registry.load()[task.kind].handler(task)
    assert [mail.to for mail in mailoutbox] == [["bert@example.com"]]


def test_an_empty_comment_is_refused_and_says_so(client: Client, recording: RecordingJob) -> None:
    client.force_login(teammate(recording))
    answer = send(client, "recording_comment", recording, at="4.2", text="  ")
    assert "required" in answer.content.decode()
    assert not Comment.objects.exists()


def test_a_comment_is_resolved_and_opened_again(client: Client, recording: RecordingJob) -> None:
    user = teammate(recording, Role.SUPPORT)
    client.force_login(user)
    comment = annotations.add_comment(by=user, recording=recording, at=1, end=None, text="?")
    send(client, "recording_comment_resolve", recording, comment.pk)
    comment.refresh_from_db()
    assert comment.resolved_by == user
    send(client, "recording_comment_resolve", recording, comment.pk)
    comment.refresh_from_db()
    assert comment.resolved_at is None


def test_a_reply_has_the_time_of_its_thread_and_waits_in_the_authors_inbox(
    client: Client, recording: RecordingJob
) -> None:
    author, other = teammate(recording, Role.SUPPORT), teammate(recording, Role.SUPPORT)
    comment = annotations.add_comment(by=author, recording=recording, at=4.2, end=9, text="Was this right?")
    client.force_login(other)
    send(client, "recording_comment", recording, parent=comment.pk, text="It was.", at="1")
    reply = Comment.objects.get(parent=comment)
    assert (reply.at, reply.end, reply.author) == (4.2, None, other)
    assert AuditEvent.objects.filter(action="comment.added").latest("id").data["replies_to"] == comment.pk
    assert [each.text for each in inbox_of(author).replies] == ["It was."]
    assert (inbox_of(author).unread, inbox_of(other).unread) == (1, 0)
    client.force_login(author)
    assert "Replies to you" in client.get(reverse("inbox")).content.decode()
    send(client, "recording_comment_resolve", recording, comment.pk)
    assert inbox_of(author).replies == []
    # A thread has one level, and belongs to one recording.
    assert send(client, "recording_comment", recording, parent=reply.pk, text="x").status_code == 404
    assert send(client, "recording_comment_resolve", recording, reply.pk).status_code == 404
    for nonsense in ("x", "9" * 40, "-1"):
        assert send(client, "recording_comment", recording, parent=nonsense, text="x").status_code == 404
    elsewhere = annotations.add_comment(by=author, recording=factories.recording(), at=1, end=None, text="x")
    assert send(client, "recording_comment", recording, parent=elsewhere.pk, text="x").status_code == 404


def test_a_comment_with_replies_is_kept_for_those_who_wrote_them(client: Client, recording: RecordingJob) -> None:
    author = teammate(recording)
    comment = annotations.add_comment(by=author, recording=recording, at=1, end=None, text="?")
    annotations.add_comment(by=author, recording=recording, at=None, end=None, text="!", parent=comment)
    client.force_login(author)
    send(client, "recording_comment_delete", recording, comment.pk)
    assert Comment.objects.count() == 2
    page = client.get(reverse("recording", args=[recording.pk])).content.decode()
    assert "This comment has replies, so it can’t be deleted." in page


def test_one_edits_ones_own_comment_and_the_trail_keeps_what_it_was(client: Client, recording: RecordingJob) -> None:
    author, anna = teammate(recording), teammate(recording, email="anna@example.com")
    comment = annotations.add_comment(by=author, recording=recording, at=1, end=None, text="Callback")
    client.force_login(anna)
    assert send(client, "recording_comment_edit", recording, comment.pk, text="x").status_code == 404
    client.force_login(author)
    refused = send(client, "recording_comment_edit", recording, comment.pk, text="Call back, @nobody")
    assert "No one named @nobody" in refused.content.decode()
    send(client, "recording_comment_edit", recording, comment.pk, text="Call back, @anna")
    comment.refresh_from_db()
    assert (comment.text, comment.edited_at is not None) == ("Call back, @anna", True)
    assert list(comment.mentions.all()) == [anna]
    data = AuditEvent.objects.get(action="comment.edited").data
    assert (data["from"], data["to"]) == ("Callback", "Call back, @anna")
    page = client.get(reverse("recording", args=[recording.pk])).content.decode()
    assert "edited" in page
    assert "Comment changed." in page


def test_a_comment_on_the_whole_call_has_no_time(client: Client, recording: RecordingJob) -> None:
    client.force_login(teammate(recording))
    send(client, "recording_comment", recording, text="A model call.", end="9")
    comment = Comment.objects.get()
    assert (comment.at, comment.end) == (None, None)
    page = client.get(reverse("recording", args=[recording.pk])).content.decode()
    assert "A model call." in page
    [thread] = re.findall(r'<li class="thread"[^>]*>', page)
    assert "data-at" not in thread


def test_those_who_see_the_call_are_offered_for_a_mention(client: Client, recording: RecordingJob) -> None:
    teammate(recording, email="anna.berg@example.com", name="Anna Berg")
    factories.user(email="anders@example.com", name="Anders Other")
    client.force_login(teammate(recording, email="me@example.com", name="Anna Me"))
    for typed, found in (("an", ["anna.berg"]), ("ber", ["anna.berg"]), ("x", []), ("me", [])):
        offered = client.get(reverse("recording_people", args=[recording.pk]), {"q": typed}).json()["people"]
        assert [each["handle"] for each in offered] == found


def test_one_deletes_ones_own_comment_supervisors_any(client: Client, recording: RecordingJob) -> None:
    author, other = teammate(recording, Role.SUPPORT), teammate(recording, Role.SUPPORT)
    first = annotations.add_comment(by=author, recording=recording, at=1, end=None, text="one")
    second = annotations.add_comment(by=author, recording=recording, at=1, end=None, text="two")
    client.force_login(other)
    assert send(client, "recording_comment_delete", recording, first.pk).status_code == 404
    client.force_login(author)
    send(client, "recording_comment_delete", recording, first.pk)
    client.force_login(teammate(recording))
    send(client, "recording_comment_delete", recording, second.pk)
    assert not Comment.objects.exists()
    assert AuditEvent.objects.filter(action="comment.deleted").count() == 2


def test_a_comment_of_another_recording_is_not_found(client: Client, recording: RecordingJob) -> None:
    user = teammate(recording)
    other = annotations.add_comment(by=user, recording=factories.recording(), at=1, end=None, text="elsewhere")
    client.force_login(user)
    assert send(client, "recording_comment_resolve", recording, other.pk).status_code == 404


def test_a_tag_is_one_word_in_any_case_and_put_once(client: Client, recording: RecordingJob) -> None:
    client.force_login(teammate(recording))
    for name in ("Refund  Case", "refund case"):
        send(client, "recording_tag", recording, name=name)
    tagging = RecordingTag.objects.get()
    assert tagging.tag.name == "refund case"
    send(client, "recording_untag", recording, tagging.pk)
    assert not RecordingTag.objects.exists()
    actions = AuditEvent.objects.filter(subject_id=str(recording.pk)).order_by("id").values_list("action", flat=True)
    assert list(actions) == ["recording.tagged", "recording.untagged"]


def test_a_correction_lies_over_the_original_and_can_be_taken_back(client: Client, recording: RecordingJob) -> None:
    user = teammate(recording)
    client.force_login(user)
    for text in ("I want a reform.", "I want a refund."):
        assert send(client, "recording_correct", recording, position=1, text=text, t="4.2").status_code == 303
    html = client.get(reverse("recording", args=[recording.pk]) + "?t=4.2").content.decode()
    assert "I want a refund." in html
    assert "Original" in html
    assert "I want a refold." in html
    assert "I want a reform." in html
    recording.transcript.refresh_from_db()
    assert bytes(recording.transcript.raw) == b"as Sinch wrote it"
    assert recording.transcript.lines.get(position=1).text == "I want a refold."
    send(client, "recording_revert", recording, position=1)
    assert lines.shown_lines(recording.transcript)[1].text == "I want a refold."
    assert LineCorrection.objects.count() == 3


def test_support_reads_what_sinch_heard_and_cannot_correct_it(client: Client, recording: RecordingJob) -> None:
    client.force_login(teammate(recording))
    send(client, "recording_correct", recording, position=1, text="I want a refund.")
    Transcript.objects.filter(recording=recording).update(raw=b'{"lines": [{"text": "I want a <refold>."}]}')
    client.force_login(factories.user(teams=[recording.number.team] if recording.number else []))
    html = client.get(reverse("recording", args=[recording.pk]) + "?t=4.2").content.decode()
    assert "Original" in html
    assert "I want a refold." in html
    assert "Correct this line" not in html
    original = reverse("recording_original", args=[recording.pk])
    assert f'href="{original}"' in html
    assert "I want a &lt;refold&gt;." in client.get(original).content.decode()
    client.force_login(factories.user())
    assert client.get(original).status_code == 404


def test_search_finds_the_corrected_and_the_original_text(client: Client, recording: RecordingJob) -> None:
    client.force_login(teammate(recording))
    send(client, "recording_correct", recording, position=1, text="I want a refund.")
    drain(registry.load())
    for word in ("refold", "refund"):
        html = client.get(reverse("search"), {"q": word}).content.decode()
        assert str(recording.pk) in html, word


def test_a_hit_shows_the_text_in_which_the_word_is_the_name_and_the_moved_time(
    client: Client, recording: RecordingJob
) -> None:
    client.force_login(teammate(recording))
    send(client, "recording_correct", recording, position=1, text="I want a refund.")
    send(client, "recording_speaker", recording, speaker_label="Speaker 2", name="Caller Anna")
    send(client, "recording_offset", recording, offset="1.5")
    drain(registry.load())
    for word, rest in (("refold", "I want a "), ("refund", "I want a ")):
        html = client.get(reverse("search"), {"q": word}).content.decode()
        assert f"{rest}<mark>{word}</mark>" in html
        assert "Caller Anna" in html
        assert "t=5.7" in html


def test_a_script_of_the_page_gets_a_sentence_and_no_page(client: Client, recording: RecordingJob) -> None:
    client.force_login(teammate(recording))
    url, script = reverse("recording_correct", args=[recording.pk]), {"headers": {"accept": "text/plain"}}
    assert client.post(url, {"position": 1, "text": "I want a refund."}, **script).status_code == 204  # type: ignore[arg-type]
    refused = client.post(url, {"position": 1, "text": " "}, **script)  # type: ignore[arg-type]
    assert (refused.status_code, refused.content) == (400, b"This field is required.")


def test_a_line_that_is_not_there_cannot_be_corrected(client: Client, recording: RecordingJob) -> None:
    client.force_login(teammate(recording))
    assert send(client, "recording_correct", recording, position=99, text="x").status_code == 404


def test_a_name_for_the_number_speaks_in_each_of_its_recordings(client: Client, recording: RecordingJob) -> None:
    other = factories.recording(number=recording.number)
    factories.transcript(other, TALK)
    client.force_login(teammate(recording))
    send(client, "recording_speaker", recording, speaker_label="Speaker 1", name="Agent", for_number="on")
    assert names(other) == ["Agent", "Speaker 2"]
    assert Task.objects.filter(kind="transcripts.index_number", subject=str(recording.number_id)).exists()
    assert annotations.index_number(recording.number_id or 0) == 2
    html = client.get(reverse("search"), {"q": "speaker:agent morning"}).content.decode()
    assert str(other.pk) in html
    send(client, "recording_speaker", recording, speaker_label="Speaker 1", name="Dana")
    assert names(recording) == ["Dana", "Speaker 2"]
    assert names(other) == ["Agent", "Speaker 2"]
    assert SpeakerName.objects.count() == 2


def test_who_is_the_agent_is_said_once_for_a_number_and_undone(client: Client, recording: RecordingJob) -> None:
    other = factories.recording(number=recording.number)
    factories.transcript(other, TALK)
    client.force_login(teammate(recording))
    send(client, "recording_speaker", recording, speaker_label="Speaker 1", side="agent", for_number="on")
    page = client.get(reverse("recording", args=[other.pk])).content.decode()
    assert "Who is the agent?" not in page
    assert f"Speaker 1 is shown as Agent on all calls to {recording.number}." in unescape(page)
    assert names(other) == ["Agent", "Customer"]
    drain(registry.load())
    for query in ("speaker:agent morning", "speaker:customer refold", "speaker:agnt morning"):
        html = client.get(reverse("search"), {"q": query}).content.decode()
        assert str(other.pk) in html or "speaker:Agent" in html, query
    [undo] = re.findall(r'<form method="post" action="[^"]*/speaker">(.*?)Undo', page)
    fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', undo))
    send(client, "recording_speaker", recording, **fields)
    assert names(other) == ["Speaker 1", "Speaker 2"]


def test_the_transcript_can_be_moved_against_the_sound(client: Client, recording: RecordingJob) -> None:
    client.force_login(teammate(recording))
    send(client, "recording_offset", recording, offset="1.5")
    recording.transcript.refresh_from_db()
    assert [line.start for line in lines.shown_lines(recording.transcript)] == [2.0, 5.7, 10.5]
    html = client.get(reverse("recording", args=[recording.pk]) + "?t=5.7").content.decode()
    assert 'data-position="1"' in html


def test_support_corrects_tags_and_names_nothing(client: Client, recording: RecordingJob) -> None:
    client.force_login(teammate(recording, Role.SUPPORT))
    assert send(client, "recording_correct", recording, position=1, text="x").status_code == 404
    assert send(client, "recording_tag", recording, name="x").status_code == 404
    assert send(client, "recording_speaker", recording, speaker_label="Speaker 1", name="x").status_code == 404
    assert send(client, "recording_offset", recording, offset="1").status_code == 404
    html = client.get(reverse("recording", args=[recording.pk]) + "?t=1").content.decode()
    assert "Correct this line" not in html
    assert "Add a tag" not in html


def test_an_auditor_reads_and_comments_nothing(client: Client, recording: RecordingJob) -> None:
    client.force_login(factories.user(Role.AUDITOR))
    assert send(client, "recording_comment", recording, at="1", text="x").status_code == 404
    html = client.get(reverse("recording", args=[recording.pk]) + "?t=1").content.decode()
    assert "comment-text" not in html


def test_htmx_gets_the_notes_alone(client: Client, recording: RecordingJob) -> None:
    client.force_login(teammate(recording))
    headers = {"HX-Request": "true", "HX-Target": "notes"}
    html = client.get(reverse("recording", args=[recording.pk]) + "?t=4.3", headers=headers).content.decode()
    assert html.lstrip().startswith('<div id="notes"')
    assert "I want a refold." in html


def test_a_mention_is_read_as_the_persons_name(recording: RecordingJob) -> None:
    number = recording.number
    assert number
    anna = factories.user(teams=[number.team], email="anna@example.com", name="Anna Berg")
    text = "@anna@example.com, please. Or @Anna. Not @bert nor mail to anna@example.com"
    comment = annotations.add_comment(by=anna, recording=recording, at=1, end=None, text=text)
    assert with_names(comment) == "@Anna Berg, please. Or @Anna Berg. Not @bert nor mail to anna@example.com"
