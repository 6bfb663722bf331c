"""The endpoint that Sinch posts to. A call waits for the answer: nothing here may fail, wait, or show a secret."""

import json
import logging
import time
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from recordings_site.base import trace
from recordings_site.callbacks import handlers, ice, verification
from recordings_site.callbacks.counters import count
from recordings_site.callbacks.handlers import Answered
from recordings_site.callbacks.look_again import look_again
from recordings_site.callbacks.relaying import relay
from recordings_site.callbacks.transactions.deadline import (
    SNAPSHOT_TIMEOUT,
    DatabaseDown,
    answering,
    with_timeout,
    within_deadline,
)
from recordings_site.callbacks.transactions.writer import Writer
from recordings_site.callbacks.verification import VerifiedCallback, WrongSignature
from recordings_site.callbacks.wrong_signatures import note_wrong_signature
from recordings_site.policies.engine import answer, snapshot
from recordings_site.policies.engine.answer import Reason
from recordings_site.policies.engine.snapshot import Snapshot
from recordings_site.sinch import merge
from recordings_site.sinch.errors import EventError, SignatureError
from recordings_site.sinch.events import Ace, Ice, Pie
from recordings_site.web.error_views import DATABASE_ERRORS

log = logging.getLogger(__name__)

CONTINUE: dict[str, Any] = {"action": {"name": "continue"}}
HANGUP: dict[str, Any] = {"action": {"name": "hangup"}}
_COMPACT = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False)
store_ice = Writer(ice.store)
store_event = Writer(handlers.store_events)
store_unapplied = Writer(partial(handlers.store_events, apply=False))


@csrf_exempt
@answering()
def receive(request: HttpRequest) -> HttpResponse:
    """Verify, store, answer. 401 unsigned, 400 malformed, 503 only for a DiCE or notify that cannot be kept."""
    started, received_at = time.perf_counter(), timezone.now()
    if request.method != "POST":
        return _constant(405, "method not allowed", Allow="POST")
    known = _snapshot()
    if known is None:
        count("no_snapshot")
        return _constant(503, "unavailable")
    try:
        callback, known = _verified(request, known, received_at)
    except WrongSignature as problem:
        count("wrong_signature")
        note_wrong_signature(problem.application.id, at=received_at, path=problem.signed_for)
        log.info("A callback of application %s was refused: %s", problem.application.key, problem)
        return _constant(401, "unauthorized")
    except SignatureError as problem:
        count("unauthorized")
        log.info("A callback was refused: %s", problem)
        return _constant(401, "unauthorized")
    except (EventError, OSError) as problem:
        count("malformed")
        log.info("A callback cannot be read: %s", problem)
        return _constant(400, "bad request")
    count("accepted")
    trace.note(event=type(callback.event).__name__.lower(), call=getattr(callback.event, "call_id", "") or "")
    if isinstance(callback.event, (Ice, Ace, Pie)):
        return _answer(callback, known, started)
    return _acknowledge(callback)


def _verified(request: HttpRequest, known: Snapshot, received_at: datetime) -> tuple[VerifiedCallback, Snapshot]:
    """The callback, and what is in force. What seems unknown or wrong is judged after another look at the database.

    Raises what the functions of `verification` raise.
    """
    claim = verification.claimed(request)
    key = claim.application_key
    if key not in known.applications:
        known = look_again(known, signed=False)
    if key not in known.applications:
        # Its body is not read: the server closes the connection.
        raise SignatureError("No application has this key.")
    sent = verification.read(request, claim)
    if sent.is_signed_by(known.applications[key]) is None:
        known = look_again(known, signed=False)
    application = known.applications.get(key)
    if application is None:
        raise SignatureError("The application was archived.")
    callback = verification.verified(sent, application, received_at=received_at)
    if _is_to_unknown_number(callback, known):
        known = look_again(known, signed=True)
        callback = replace(callback, application=known.applications.get(key, application))
    return callback, known


def _is_to_unknown_number(callback: VerifiedCallback, known: Snapshot) -> bool:
    try:
        return isinstance(callback.event, Ice) and ice.is_to_unknown_number(callback, callback.event, known)
    except Exception:  # the call is answered by what is known, and by lower rungs if need be
        log.exception("A call’s number cannot be read.")
        return False


def _snapshot() -> Snapshot | None:
    """What is in force, or was a second ago; while the database is down, what was last known."""
    known = snapshot.latest()
    if not snapshot.is_due():
        return known
    try:
        # A process that never looked waits longer: the file may be older than the application that calls.
        return with_timeout(snapshot.current, timeout=SNAPSHOT_TIMEOUT if snapshot.is_loaded() else None)
    except DatabaseDown as problem:
        log.warning("The policies cannot be checked. The last known ones answer: %s", problem)
        return known
    except Exception:  # whatever is wrong with the database, the call goes on with what is known
        log.exception("The policies cannot be checked. The last known ones answer.")
        return known


def _answer(callback: VerifiedCallback, known: Snapshot, started: float) -> HttpResponse:
    """Answer with SVAML, whatever happens: a fault costs the recording, never the call."""
    callback = _with_upstream(callback)
    event = callback.event
    try:
        if isinstance(event, Ice):
            answered = _kept(callback, event, known, started)
        else:
            answered = within_deadline(partial(handlers.answer_event, callback, started=started))
        return _json(answered.svaml)
    except (DatabaseDown, *DATABASE_ERRORS) as problem:
        count("database_down")
        log.error("%s of call %s is answered without recording: %s", type(event).__name__, event.call_id, problem)
        return _json(_degraded(callback, known, Reason.DATABASE_DOWN))
    except Exception:  # a bug must cost the recording, not the call
        count("fault")
        log.exception("%s of call %s is answered without recording", type(event).__name__, event.call_id)
        return _json(_degraded(callback, known, Reason.FAULT))


def _kept(callback: VerifiedCallback, event: Ice, known: Snapshot, started: float) -> Answered:
    """The answer to an ICE, once all that it leaves behind is stored."""
    if not snapshot.is_loaded():
        raise DatabaseDown("The snapshot file doesn’t contain what is needed to record.")

    def on_late(answered: Answered) -> None:
        ice.correct_late_answer(answered, ice.without_recording(callback, event, known, refusal=Reason.DATABASE_DOWN))

    decided = ice.decide(callback, event, known, started=started)
    trace.note(recording=",".join(str(planned.recording_id) for planned in decided.answer.recordings))
    return store_ice(decided, on_late=on_late)


def _with_upstream(callback: VerifiedCallback) -> VerifiedCallback:
    """Ask the upstream of a relayed application before any work of our own: it may take its whole limit."""
    if not relay.relays(callback.application):
        return callback
    event = type(callback.event).__name__.lower()
    reply = relay.ask(callback.application, event=event, body=callback.body, content_type=callback.content_type)
    count(f"upstream_{reply.outcome}")
    return replace(callback, reply=reply)


def _degraded(callback: VerifiedCallback, known: Snapshot, refusal: str) -> dict[str, Any]:
    """The rungs below a stored answer: the same action unrecorded, the default route, a lawful action."""
    if not isinstance(callback.event, Ice):
        upstream_svaml = callback.upstream.svaml if callback.upstream else None
        return merge.merge(upstream_svaml, wish=None, existing="replace").svaml if upstream_svaml else CONTINUE
    try:
        return ice.without_recording(callback, callback.event, known, refusal=refusal).svaml
    except Exception:  # the last rungs must hold whatever broke above them
        log.exception("The policy cannot be rendered. The default route answers.")
    try:
        call = answer.call_facts(callback.event, received_at=callback.received_at)
        return answer.connect_only(call, callback.application.default_route)
    except Exception:  # see above
        log.exception("The default route cannot be rendered. The call is hung up.")
        return HANGUP


def _acknowledge(callback: VerifiedCallback) -> HttpResponse:
    """Store and apply. What cannot be applied now is stored alone, acknowledged, and applied by a worker."""
    try:
        store_event(callback)
    except Exception as problem:  # whatever keeps it from being applied, it is stored alone and applied by a worker
        count("apply_later")
        log.error("A callback cannot be applied now: %s", problem, exc_info=_is_bug(problem))
        return _store_alone(callback)
    return HttpResponse(status=200)


def _store_alone(callback: VerifiedCallback) -> HttpResponse:
    try:
        store_unapplied(callback)
    except Exception as problem:  # not stored is not acknowledged: Sinch may try the fallback URL
        count("not_stored")
        log.error("A callback could not be stored: %s", problem, exc_info=_is_bug(problem))
        return _constant(503, "unavailable")
    return HttpResponse(status=200)


def _is_bug(problem: Exception) -> bool:
    """Whether a traceback helps. While the database is away there would be one for each callback."""
    return not isinstance(problem, (DatabaseDown, *DATABASE_ERRORS))


def _json(svaml: dict[str, Any]) -> HttpResponse:
    return HttpResponse(_COMPACT.encode(svaml), content_type="application/json", headers={"Cache-Control": "no-store"})


def _constant(status: int, words: str, **headers: str) -> HttpResponse:
    return HttpResponse(f'{{"error":"{words}"}}', content_type="application/json", status=status, headers=headers)
