"""Calls in real time: placed through an engine, controlled by Manage Call requests, until they are hung up."""

import threading
import uuid
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from recordings_site.simulator.engine import Engine
from recordings_site.simulator.plan import PlannedCall
from recordings_site.simulator.svaml_execution import Recording, SimulatedCall, Stage
from recordings_site.sinch.svaml import Svaml

# A recording has at least this length, so that there is audio.
SHORTEST = timedelta(seconds=5)


class Switchboard:
    """The calls in progress of one application, controlled by `rest.serving`. Methods are thread-safe."""

    def __init__(self, engine: Engine, *, clock: Callable[[], datetime] | None = None) -> None:
        self.engine = engine
        self.calls: dict[str, SimulatedCall] = {}
        self._clock = clock or (lambda: datetime.now(UTC))
        self._lock = threading.RLock()

    def place(
        self, number: str, *, other: str = "12025550100", call_id: str = "", outbound: bool = False
    ) -> SimulatedCall:
        """Place a call to `number` (digits) that the other side answers at once."""
        planned = PlannedCall(
            call_id=call_id or str(uuid.uuid4()), number=number, other=other, outbound=outbound,
            started_at=self._clock(), ring_seconds=0.5, result="ANSWERED", hangs_up="CALLERHANGUP", draw=0.25,
        )  # fmt: skip
        with self._lock:
            call = self.engine.connect(planned)
            self.calls[planned.call_id] = call
            if call.stage is Stage.TALKING:
                call.talk_at = call.now
            else:
                self._finish(call)
            return call

    def hang_up(self, call_id: str) -> None:
        """End a call, upload its recordings, and send its events."""
        with self._lock:
            call = self.calls[call_id]
            if call.stage is not Stage.ENDED:
                self._until_now(call)
                self._finish(call)

    def hang_up_all(self) -> None:
        """End every call."""
        for call_id in list(self.calls):
            self.hang_up(call_id)

    # Called by the REST API

    def describe(self, call_id: str) -> dict[str, Any] | None:
        """Return a call as Sinch shows it."""
        call = self.calls.get(call_id)
        if call is None:
            return None
        planned = call.planned
        from_, to = (planned.number, planned.other) if planned.outbound else (planned.other, planned.number)
        ended = call.stage is Stage.ENDED
        return {
            "callId": call_id,
            "from": {"type": "number", "endpoint": from_},
            "to": {"type": "did", "endpoint": to},
            "domain": "pstn",
            "status": "FINAL" if ended else "ONGOING",
            "result": call.result,
            "reason": call.reason,
            "timestamp": planned.started_at.isoformat(),
            "duration": self._duration(call),
        }

    def manage(self, call_id: str, document: Svaml) -> bool:
        """Execute a Manage Call request; recordings that it stops are uploaded while the call continues."""
        with self._lock:
            call = self.calls.get(call_id)
            if call is None or call.stage is Stage.ENDED:
                return False
            self._until_now(call)
            self.engine.execute(call, document)
            if self.calls[call_id].stage is Stage.ENDED:
                self._finish(call)
            else:
                self._upload_stopped(call)
            return True

    def participants(self, conference_id: str) -> list[dict[str, Any]]:
        """Return the participants of a conference."""
        return [
            {
                "id": call.planned.call_id,
                "cli": call.planned.other,
                "duration": self._duration(call),
                "muted": False,
                "onhold": False,
            }
            for call in self._in(conference_id)
        ]

    def leave(self, conference_id: str, call_id: str | None) -> bool:
        """Hang up one participant, or all of them."""
        leaving = [call for call in self._in(conference_id) if call_id in (None, call.planned.call_id)]
        for call in leaving:
            self.hang_up(call.planned.call_id)
        return bool(leaving)

    # Internals

    def _in(self, conference_id: str) -> Sequence[SimulatedCall]:
        return [
            call
            for call in self.calls.values()
            if call.conference_id == conference_id and call.stage is not Stage.ENDED
        ]

    def _duration(self, call: SimulatedCall) -> int:
        until = call.now if call.stage is Stage.ENDED else max(call.now, self._clock())
        return round((until - (call.answered_at or until)).total_seconds())

    def _until_now(self, call: SimulatedCall) -> None:
        least = [one.started_at + SHORTEST for one in call.recordings if one.stopped_at is None]
        call.now = max(call.now, self._clock(), *least)

    def _finish(self, call: SimulatedCall) -> None:
        self.engine.finish(call)
        self.engine.outbox.release_all()

    def _upload_stopped(self, call: SimulatedCall) -> None:
        stopped: list[Recording] = [one for one in call.recordings if one.stopped_at is not None]
        call.recordings = [one for one in call.recordings if one.stopped_at is None]
        for recording in stopped:
            for note in self.engine.upload(call, recording, {"callid": call.planned.call_id}):
                self.engine.outbox.put(note, 0)
        self.engine.outbox.release_all()
