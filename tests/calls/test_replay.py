"""A draft is replayed over past calls: what changes, on which numbers, with progress; it can be given up."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from recordings_site.calls import actions_replay, replay
from recordings_site.calls.models import Call, Decision
from recordings_site.calls.models.replay import Replay
from recordings_site.calls.replay import ReplayOutcome
from recordings_site.ops.worker.loop import drain
from recordings_site.policies.editor import publishing
from recordings_site.policies.engine import snapshot
from recordings_site.policies.engine.explain import sentences
from recordings_site.policies.engine.schema.document import parse
from recordings_site.policies.models import PhoneNumber
from recordings_site.tasks import registry
from tests import factories

pytestmark = pytest.mark.django_db


def document(**changes: Any) -> dict[str, Any]:
    """Records every call, unless changed."""
    return {"otherwise_record": True, "how": {"destination": 1}, "route": factories.CONNECT, **changes}


@pytest.fixture
def number() -> PhoneNumber:
    """A number with a policy, and forty calls of the last days: every second one was recorded."""
    made = factories.number(policy=factories.policy(document(how={"destination": factories.destination().pk})))
    for serial in range(40):
        caller = f"4670{serial:07}" if serial < 10 else f"49151{serial:06}"
        started = timezone.now() - timedelta(days=1, minutes=serial)
        call = factories.call(number=made, started_at=started, caller=caller, duration=60)
        factories.decision(call, record=bool(serial % 2))
    return made


def replayed(number: PhoneNumber, **changes: Any) -> tuple[Replay, ReplayOutcome]:
    """Replay a draft with a worker."""
    policy = number.policy
    assert policy is not None
    place = factories.destination().pk
    snapshot.forget()
    asked = actions_replay.start_replay(
        by=None, policy=policy, document=parse(document(how={"destination": place}, **changes))
    )
    drain(registry.load())
    asked.refresh_from_db()
    return asked, ReplayOutcome.from_dict(asked.outcome)


def test_a_replay_counts_what_would_be_recorded_more_and_less(number: PhoneNumber) -> None:
    rules = [{"record": False, "when": {"callers": ["+4670*"]}}]
    asked, outcome = replayed(number, rules=rules)
    assert (asked.is_open, asked.done, asked.total) == (False, 40, 40)
    # Of the ten from +4670 five were recorded; of the other thirty fifteen were not.
    assert (outcome.calls, outcome.before, outcome.after) == (40, 20, 30)
    assert (outcome.more, outcome.fewer) == (15, 5)
    assert (outcome.seconds_before, outcome.seconds_after) == (1200, 1800)
    changed = {pk: (record, sentences.decision(why)) for pk, record, why in outcome.changes}
    lost = Call.objects.get(caller="46700000001")
    assert changed[lost.pk] == (
        False,
        f"Not recorded: rule 1 of {number.policy} (draft) excludes calls from +4670*.",
    )
    assert outcome.losing_numbers == []


def test_a_call_that_nobody_answered_was_not_recorded_and_would_not_be(number: PhoneNumber) -> None:
    unanswered = Call.objects.filter(decision__outcome=Decision.Outcome.RECORD).order_by("pk")[:3]
    Call.objects.filter(pk__in=list(unanswered.values_list("pk", flat=True))).update(
        answered_at=None, dice_result="NOANSWER", duration=None
    )
    _, outcome = replayed(number, otherwise_record=False)
    assert (outcome.calls, outcome.before, outcome.after, outcome.fewer) == (40, 17, 0, 17)
    _, outcome = replayed(number)
    assert (outcome.calls, outcome.before, outcome.after) == (40, 17, 37)


def test_numbers_that_lose_recording_are_named(number: PhoneNumber) -> None:
    _, outcome = replayed(number, otherwise_record=False)
    ((digits, figures),) = outcome.losing_numbers
    assert (digits, figures.before, figures.after) == (number.digits, 20, 0)


def test_without_a_destination_or_with_a_hangup_nothing_is_recorded(number: PhoneNumber) -> None:
    assert replayed(number, route={"action": "hangup"})[1].after == 0
    assert replayed(number, on_answer="hangup")[1].after == 40
    policy = number.policy
    assert policy is not None
    asked = actions_replay.start_replay(by=None, policy=policy, document=parse(document(how={"destination": None})))
    drain(registry.load())
    asked.refresh_from_db()
    assert ReplayOutcome.from_dict(asked.outcome).after == 0


def test_a_replay_goes_on_where_a_killed_worker_left_it(number: PhoneNumber, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replay, "PAGE", 7)
    real, pages = replay.count, []

    def dies(*args: Any) -> None:
        pages.append(1)
        if len(pages) == 3:
            raise KeyboardInterrupt
        real(*args)

    policy = number.policy
    assert policy is not None
    asked = actions_replay.start_replay(by=None, policy=policy, document=parse(document()))
    monkeypatch.setattr(replay, "count", dies)
    with pytest.raises(KeyboardInterrupt):
        replay.run(asked)
    again = Replay.objects.get(pk=asked.pk)
    assert again.done == 14
    replay.run(again)
    assert (again.done, ReplayOutcome.from_dict(again.outcome).calls) == (40, 40)


def test_a_replay_can_be_given_up(number: PhoneNumber, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replay, "PAGE", 7)
    policy = number.policy
    assert policy is not None
    asked = actions_replay.start_replay(by=None, policy=policy, document=parse(document()))
    actions_replay.cancel_replay(by=None, replay=asked)
    replay.run(asked)
    assert (asked.is_open, asked.done) == (False, 7)


def test_the_page_shows_progress_and_then_the_figures(client: Client, number: PhoneNumber) -> None:
    policy = number.policy
    assert policy is not None
    client.force_login(factories.admin())
    url = reverse("policy_replay", args=[policy.pk])
    assert "Not replayed yet" in client.get(url).content.decode()
    publishing.save_draft(by=None, policy=policy, document=parse(document(otherwise_record=False)))
    client.post(url)
    waiting = client.get(url).content.decode()
    assert 'hx-trigger="every 1s"' in waiting
    drain(registry.load())
    part = client.get(url, headers={"HX-Request": "true", "HX-Target": "replay"}).content.decode()
    assert part.startswith('<div id="replay">')
    assert "No longer recorded" in part
    assert "Publish…" in client.get(url).content.decode()
    assert "every 1s" not in part
    publishing.save_draft(
        by=None, policy=policy, document=parse(document(otherwise_record=True, time_zone="Asia/Tokyo"))
    )
    assert "Draft changed" in client.get(url).content.decode()
