"""Why is (not) this call recorded: one right sentence for each kind of end, then the chain."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from recordings_site.calls.models import Call
from recordings_site.policies.editor import publishing
from recordings_site.policies.engine import snapshot
from recordings_site.policies.engine.call_facts import draw
from recordings_site.policies.engine.schema.document import parse
from recordings_site.policies.models import PhoneNumber
from recordings_site.recordings.explain import sentences, timeline
from recordings_site.recordings.explain.timeline import Explanation, StepKind
from recordings_site.recordings.lifecycle.objects import mark_overdue
from recordings_site.recordings.models import OverdueCode, OverdueKind, RecordingJob
from recordings_site.sinch import svaml
from tests import factories
from tests.sinch_posts import ace, dice, ice, notify, post

pytestmark = pytest.mark.django_db


def document(**changes: Any) -> dict[str, Any]:
    """A policy that excludes calls from +4670*, and records a quarter of the others."""
    rules = [{"record": False, "when": {"callers": ["+4670*"]}}, {"record": True, "percent": 25}]
    how = {"destination": factories.destination().pk, "transcription": True}
    return {"rules": rules, "route": factories.CONNECT, "how": how, **changes}


@pytest.fixture
def number() -> PhoneNumber:
    """A number whose policy was published once."""
    policy = publishing.create_policy(by=None, name="Support EU", document=parse(document()))
    publishing.publish(by=None, policy=policy, reason="Law of 2026")
    made = factories.number(policy=policy)
    snapshot.forget()
    return made


def drawn(below: bool) -> str:
    """A call id whose draw is below 25, or not."""
    return next(f"call-{n}" for n in range(1000) if (draw(f"call-{n}") < 25) is below)


def call_in(number: PhoneNumber, call_id: str, **fields: Any) -> dict[str, Any]:
    """Post the call's ICE and give the SVAML that came back."""
    answer: dict[str, Any] = json.loads(post(number.application, ice(number.digits, call_id=call_id, **fields)).content)
    return answer


def sentence(call_id: str) -> str:
    """The one sentence about a call."""
    return sentences.sentence(explained(call_id).decision)


def explained(call_id: str) -> Explanation:
    """The whole explanation of a call."""
    return timeline.of_call(Call.objects.get(call_id=call_id), factories.admin())


def titles(call_id: str) -> list[str]:
    """The chain of a call."""
    return [sentences.step_title(step) for step in explained(call_id).steps]


def test_a_recorded_call_names_its_rule_and_its_draw(number: PhoneNumber) -> None:
    call_id = drawn(below=True)
    place = svaml.recording_requests(call_in(number, call_id))[0].options.destination_url
    assert sentence(call_id).startswith("To be recorded: rule 2 of “Support EU” v1 records 25% of all calls")
    post(number.application, ace(call_id=call_id))
    assert sentence(call_id).startswith("Being recorded: rule 2 of “Support EU” v1 records 25% of all calls")
    post(number.application, dice(call_id=call_id))
    post(number.application, notify("recording_finished", call_id=call_id))
    assert sentence(call_id).startswith("Recorded, file pending: rule 2")
    post(number.application, notify("recording_available", place, call_id=call_id))
    assert sentence(call_id) == (
        "Recorded: rule 2 of “Support EU” v1 records 25% of all calls (this call was selected)."
    )
    timeline = titles(call_id)
    assert timeline[:4] == [
        "ICE: the call came in",
        "Decided: rule 2 of Support EU v1",
        "ICE answered",
        "ACE: the call was answered",
    ]
    assert timeline[4:7] == ["DiCE: the call ended", "recording_finished", "recording_available"]
    assert timeline[-1] == "Transcript pending"


def test_an_excluded_call_names_the_rule_that_excludes_it(number: PhoneNumber) -> None:
    call_in(number, "call-x", cli="46701234567")
    assert sentence("call-x") == "Not recorded: rule 1 of “Support EU” v1 excludes calls from +4670*."


def test_a_sampled_out_call_says_its_draw(number: PhoneNumber) -> None:
    call_id = drawn(below=False)
    call_in(number, call_id)
    assert sentence(call_id) == (
        "Not recorded: rule 2 of “Support EU” v1 records 25% of all calls (this call was not selected)."
    )


def test_a_call_keeps_the_version_that_it_was_answered_with_after_a_roll_back(number: PhoneNumber) -> None:
    policy = number.policy
    assert policy is not None
    publishing.save_draft(by=None, policy=policy, document=parse(document(rules=[], otherwise_record=True)))
    publishing.publish(by=None, policy=policy, reason="Record all")
    snapshot.forget()
    call_in(number, "call-v2")
    publishing.roll_back(by=None, version=policy.versions.get(number=1))
    snapshot.forget()
    call_in(number, "call-v3", cli="46701234567")
    assert sentence("call-v2").startswith("To be recorded: “Support EU” v2 records every call")
    decided = explained("call-v2").steps[1]
    assert "Version 3 has been published since then (Roll back to version 1)." in sentences.step_text(decided)
    assert sentence("call-v3") == "Not recorded: rule 1 of “Support EU” v3 excludes calls from +4670*."


@pytest.mark.parametrize(
    ("ended", "told"),
    [
        (
            {"result": "FAILED", "reason": "CONGESTION"},
            "Not recorded: the call failed, though rule 2",
        ),
        (
            {"result": "BUSY", "reason": "CALLEEHANGUP"},
            "Not recorded: the call was never answered, though",
        ),
        (
            {"result": "FAILED", "reason": "INVALIDSVAMLACTION"},
            "Not recorded: Sinch couldn’t carry out our answer (INVALIDSVAMLACTION), though rule 2",
        ),
    ],
)
def test_a_failed_call_says_how_it_ended(number: PhoneNumber, ended: dict[str, Any], told: str) -> None:
    call_id = drawn(below=True)
    call_in(number, call_id)
    post(number.application, {**dice(call_id=call_id, **ended), "duration": 0})
    assert sentence(call_id).startswith(told)


def test_the_list_of_calls_says_what_became_of_each_and_not_what_was_meant_to(
    client: Client, number: PhoneNumber
) -> None:
    call_id = drawn(below=True)
    call_in(number, call_id)
    client.force_login(factories.user(teams=[number.team]))
    assert "To be recorded" in client.get(reverse("calls")).content.decode()
    post(number.application, {**dice(call_id=call_id, result="NOANSWER", reason="TIMEOUT"), "duration": 0})
    found = client.get(reverse("calls")).content.decode()
    assert "Not recorded" in found
    assert "The call was never answered, though rule 2 of “Support EU” v1" in found


def test_the_list_of_calls_costs_the_same_queries_however_many_calls(
    client: Client, number: PhoneNumber, django_assert_num_queries: Any
) -> None:
    client.force_login(factories.user(teams=[number.team]))
    for count in range(12):
        call_in(number, f"call-{count}")
    client.get(reverse("calls"))
    with django_assert_num_queries(8):
        client.get(reverse("calls"))


def test_what_is_missing_is_said_with_its_time(number: PhoneNumber) -> None:
    call_id = drawn(below=True)
    call_in(number, call_id)
    post(number.application, ace(call_id=call_id))
    post(number.application, dice(call_id=call_id))
    job = RecordingJob.objects.get(call__call_id=call_id)
    at = timezone.now() - timedelta(minutes=14)
    job = mark_overdue(job.pk, kind=OverdueKind.MISSING, code=OverdueCode.NOT_WRITTEN, values={"minutes": 1440}, at=at)
    assert sentence(call_id).startswith("Recording missing since ")
    missing = next(step for step in explained(call_id).steps if step.kind == StepKind.NOTICE_OVERDUE)
    assert (missing.tone, missing.at) == ("bad", job.overdue_since)
    assert sentences.step_title(missing) == "recording_available: missing"
    assert sentences.step_text(missing).startswith("Missing: nothing was uploaded within 24 hours.")


LOOKED_FOR = (StepKind.FILE_AWAITED, StepKind.FILE_OVERDUE)


def test_a_file_that_was_not_found_is_not_said_to_be_still_awaited() -> None:
    waited_for = factories.recording(available_at=None)
    late = factories.overdue()
    told = [
        next(
            sentences.step_text(step)
            for step in timeline.of_recording(job, factories.admin()).steps
            if step.kind in LOOKED_FOR
        )
        for job in (waited_for, late)
    ]
    assert told == ["We check a few minutes after the call.", "We checked and didn’t find it."]


def test_a_call_whose_ice_was_never_seen_says_so(number: PhoneNumber) -> None:
    post(number.application, ace(call_id="call-q"))
    assert sentence("call-q") == "Not recorded: we didn’t receive the start of this call, so no decision was made."


def test_a_recording_that_nothing_decided_says_so() -> None:
    job = factories.recording(call=None)
    job.call, job.decision = None, None
    assert sentences.sentence(timeline.of_recording(job, factories.admin()).decision).startswith(
        "Recorded, but not decided here"
    )


def test_the_pages_find_a_call_and_show_the_chain_without_secrets(client: Client, number: PhoneNumber) -> None:
    call_in(number, "call-x", cli="46701234567")
    recorded = drawn(below=True)
    call_in(number, recorded)
    client.force_login(factories.user(teams=[number.team]))
    found = client.get(reverse("calls"), {"q": "call-x"}).content.decode()
    assert "Rule 1 of “Support EU” v1 excludes calls from +4670*." in found
    assert client.get(reverse("calls"), {"q": "701234"}).context["page"].rows[0].call_id == "call-x"
    assert [c.call_id for c in client.get(reverse("calls"), {"decision": "open"}).context["page"].rows] == [recorded]
    page = client.get(reverse("call", args=[Call.objects.get(call_id=recorded).pk])).content.decode()
    assert "To be recorded: rule 2" in page
    assert "recordingOptions" not in page
    technical = Client()
    technical.force_login(factories.admin())
    address = reverse("call", args=[Call.objects.get(call_id=recorded).pk])
    assert "recordingOptions" in technical.get(address).content.decode()
    assert factories.WRITE_CREDENTIALS not in page
    assert "/recordings/" not in page[: page.index("Recording decision")].partition("<h1")[2]
    RecordingJob.objects.update(state="available")
    heard = client.get(reverse("call", args=[Call.objects.get(call_id=recorded).pk])).content.decode()
    assert f'href="/recordings/{RecordingJob.objects.get().pk}/">' in heard[: heard.index("Recording decision")]
    client.force_login(factories.user())
    assert client.get(reverse("call", args=[Call.objects.get(call_id=recorded).pk])).status_code == 404
    assert client.get(reverse("calls")).context["page"].rows == []
