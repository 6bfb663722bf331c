"""Two write the same row, from what each read before the other wrote: nothing of either is lost.

The second begins while the first is still in its transaction, on another connection.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import connections, transaction

from recordings_site.accounts import actions as people
from recordings_site.accounts.models import AuditEvent, Role, User
from recordings_site.callbacks.relaying.actions import _record_outcome
from recordings_site.callbacks.relaying.relay import UpstreamReply
from recordings_site.calls import actions as calls
from recordings_site.calls.models import Call, UpstreamExchange, UpstreamOutcome
from recordings_site.destinations import actions as destinations
from recordings_site.destinations.actions import CredentialSets
from recordings_site.destinations.models import Destination
from recordings_site.destinations.sealing import Keyring
from recordings_site.policies.applications import actions as applications
from recordings_site.policies.applications import actions_connect
from recordings_site.policies.editor import publishing
from recordings_site.policies.editor.publishing import NotAllowed
from recordings_site.policies.engine.schema.document import parse
from recordings_site.policies.models import Application, Policy, PolicyVersion
from recordings_site.recordings.annotations.actions import set_transcript_offset
from recordings_site.recordings.ingest.actions import save_transcript
from recordings_site.recordings.models import Transcript
from recordings_site.sinch.events import Dice, Endpoint
from recordings_site.sinch.events import parse as parse_event
from recordings_site.tasks.models import Task
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)

DOCUMENT = {"otherwise_record": True, "route": factories.CONNECT}


@contextmanager
def overtaken_by(second: Callable[[], object]) -> Iterator[list[object]]:
    """Begin `second` on another connection before the block's transaction ends; gives its result afterwards."""

    def run() -> object:
        try:
            return second()
        finally:
            connections.close_all()

    given: list[object] = []
    with ThreadPoolExecutor(1) as other:
        with transaction.atomic():
            yield given
            running = other.submit(run)
            wait([running], timeout=0.3)
        given.append(running.result(20))


def test_new_credentials_keep_a_new_name() -> None:
    place = factories.destination(name="Old name")
    stale = Destination.objects.get(pk=place.pk)
    sets = CredentialSets(read="another-read-token")
    with overtaken_by(lambda: destinations.replace_credentials(by=None, destination=stale, sets=sets)):
        destinations.update_destination(by=None, destination=place, name="New name", region="eu-west-1")
    place.refresh_from_db()
    assert (place.name, place.region, place.decrypted("read_credentials")) == ("New name", "eu-west-1", sets.read)


def test_what_a_check_found_of_the_old_place_is_not_kept_of_the_new_one() -> None:
    place = factories.destination()

    def moved(step: object) -> None:
        Destination.objects.filter(pk=place.pk).update(bucket="another")

    destinations.check_destination(destination=place, report_step=moved)
    place.refresh_from_db()
    assert place.checked_at is None
    assert Task.objects.filter(kind="destination.check", subject=str(place.pk), done_at=None).exists()


def test_the_trail_says_from_what_a_value_was_changed() -> None:
    found = factories.application(region="")
    stale = Application.objects.get(pk=found.pk)
    with overtaken_by(lambda: applications.update_application(by=None, application=stale, region="use1")):
        applications.update_application(by=None, application=found, region="euc1")
    changed = AuditEvent.objects.filter(action="application.changed").order_by("id").values_list("data", flat=True)
    assert [row["region"] for row in changed] == [["", "euc1"], ["euc1", "use1"]]


def test_a_rotation_that_is_finished_twice_leaves_the_new_secret() -> None:
    found = factories.application()
    applications.replace_secret(by=None, application=found, field="second_secret", secret="bmV3")
    stale = Application.objects.get(pk=found.pk)

    def again() -> bool:
        try:
            actions_connect.finish_rotation(by=None, application=stale)
        except ValueError:
            return False
        return True

    with overtaken_by(again) as finished:
        actions_connect.finish_rotation(by=None, application=found)
    found.refresh_from_db()
    assert finished == [False]
    ring = Keyring.parse(settings.CREDENTIALS_KEYS)
    assert ring.open(found.secret, found.context("secret")) == "bmV3"


def test_a_proposal_is_approved_once() -> None:
    policy = Policy.objects.create(name="Approved")
    version = PolicyVersion.objects.create(policy=policy, number=1, document=DOCUMENT, created_by=factories.admin())
    stale, one, other = PolicyVersion.objects.get(pk=version.pk), factories.admin(), factories.admin()

    def again() -> bool:
        try:
            publishing.approve(by=other, version=stale)
        except NotAllowed:
            return False
        return True

    with overtaken_by(again) as approved:
        publishing.approve(by=one, version=version)
    assert approved == [False]
    assert AuditEvent.objects.filter(action="policy.approved").count() == 1


def test_a_draft_that_is_saved_while_another_is_published_stays() -> None:
    policy = publishing.create_policy(by=None, name="Drafted", document=parse(DOCUMENT))
    stale = Policy.objects.get(pk=policy.pk)
    later = parse(DOCUMENT | {"otherwise_record": False})
    with overtaken_by(lambda: publishing.save_draft(by=None, policy=stale, document=later)):
        publishing.publish(by=None, policy=policy, reason="first")
    policy.refresh_from_db()
    assert policy.published is not None
    assert policy.draft == later.to_dict()


def test_what_is_learnt_of_a_callout_keeps_how_it_ended() -> None:
    call = factories.call(
        ice_at=None, ice_received_at=None, dice_received_at=None, ended_at=None, duration=None, caller="", called=""
    )
    stale = Call.objects.get(pk=call.pk)
    ends = (Endpoint("number", "+46700000009"), Endpoint("number", "+46700000008"))

    def learnt() -> None:
        calls.set_endpoints(stale, caller=ends[0], called=ends[1], number_id=None)

    with overtaken_by(learnt):
        told = parse_event(
            b'{"event": "dice", "callid": "c", "from": "+46700000001", "duration": 7, "result": "ANSWERED",'
            b'"reason": "CALLERHANGUP", "to": {"type": "number", "endpoint": "+46700000002"}}'
        )
        assert isinstance(told, Dice)
        at = factories.LONG_AGO + timedelta(minutes=2)
        calls.note_dice(Call.objects.select_for_update().get(pk=call.pk), dice=told, at=at, received_at=at)
    call.refresh_from_db()
    assert (call.caller, call.called, call.duration) == ("+46700000001", "+46700000002", 7.0)


def test_a_transcript_that_comes_again_keeps_how_it_was_shifted() -> None:
    recording = factories.recording()
    found = factories.transcript(recording, [(0, "Speaker 1", "hello")])
    again = b'{"transcript": [{"speaker": "Speaker 1", "text": "hello again", "timestamp": "00:00:01"}]}'
    with overtaken_by(lambda: save_transcript(recording.pk, raw=again)):
        set_transcript_offset(by=factories.user(Role.SUPERVISOR), transcript=found, offset=1.5)
    assert Transcript.objects.get(pk=found.pk).offset == 1.5


def test_making_an_admin_keeps_a_new_name() -> None:
    person = factories.user(name="Old name")
    stale = User.objects.get(pk=person.pk)
    with overtaken_by(lambda: people.ensure_admin(email=stale.email)):
        people.change_profile(by=person, name="New name", time_zone="Europe/Stockholm")
    person.refresh_from_db()
    assert (person.name, person.role) == ("New name", Role.ADMIN)


def test_an_event_that_two_workers_relayed_counts_once() -> None:
    delivery = factories.delivery(factories.application(), {"event": "dice", "callid": "a"})
    exchange = UpstreamExchange.objects.create(application_id=delivery.application_id, delivery=delivery)
    stale = UpstreamExchange.objects.get(pk=exchange.pk)
    failed, answered = UpstreamReply(UpstreamOutcome.FAILED), UpstreamReply(UpstreamOutcome.ANSWERED, status=200)
    with overtaken_by(lambda: _record_outcome(stale, failed)):
        _record_outcome(exchange, answered)
    exchange.refresh_from_db()
    assert (exchange.outcome, exchange.attempts) == (UpstreamOutcome.ANSWERED, 1)
    assert not AuditEvent.objects.filter(action="alert.upstream.given_up").exists()
