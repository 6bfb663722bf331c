"""Places calls at a rate against a callback URL and its fallback, as Sinch does, and tells what became of each.

Run as a process of its own, which tells when it was itself kept from running: such a call proves nothing.
"""

import asyncio
import itertools
import json
import sys
import time
from dataclasses import asdict, dataclass, field
from typing import Any

from recordings_site.sinch import svaml
from tests.running_callbacks import Signer

# Sinch waits so long for an answer, and then asks the fallback.
PATIENCE = 5.0
# Overslept by so much, the caller was kept from running.
STARVED = 0.3
# What follows an ICE: the event and the seconds before it.
EVENTS = (("ace", 1.0), ("dice", 1.5), ("finished", 0.3))


@dataclass
class Placed:
    """One call: when it began, who answered its ICE ("" for nobody) and how, and which events nobody took."""

    call_id: str
    at: float
    answered_by: str = ""
    recorded: bool = False
    milliseconds: float = 0.0
    failed: list[str] = field(default_factory=list)
    starved: bool = False


class _Caller:
    def __init__(self, signer: Signer, ports: dict[str, int]) -> None:
        self.signer, self.ports = signer, ports
        # time.monotonic() of each time that this process was kept from running.
        self.starved_at: list[float] = []
        self.placed: list[Placed] = []

    async def watch(self) -> None:
        """Notice when this process was kept from running."""
        while True:
            began = time.monotonic()
            await asyncio.sleep(0.02)
            if time.monotonic() - began > STARVED:
                self.starved_at.append(time.monotonic())

    async def call(self, call_id: str) -> None:
        """One call, from its ICE to the notification of its recording."""
        placed = Placed(call_id, time.time())
        began = time.monotonic()
        self.placed.append(placed)
        placed.answered_by, body = await self.send(self.signer.ice(call_id))
        placed.milliseconds = (time.monotonic() - began) * 1000
        placed.recorded = bool(body.get("action")) and bool(svaml.recording_requests(body))
        if not body.get("action"):
            placed.answered_by = ""
        for event, pause in EVENTS:
            await asyncio.sleep(pause)
            by, body = await self.send(getattr(self.signer, event)(call_id))
            placed.recorded |= event == "ace" and bool(body) and bool(svaml.recording_requests(body))
            if not by:
                placed.failed.append(event)
        placed.starved = any(at >= began for at in self.starved_at)

    async def send(self, request: bytes) -> tuple[str, dict[str, Any]]:
        """Who took a callback, "" for nobody, and the JSON of the answer."""
        for name, port in self.ports.items():
            try:
                async with asyncio.timeout(PATIENCE):
                    status, body = await _exchange(port, request)
            except (OSError, TimeoutError, asyncio.IncompleteReadError, ValueError):
                continue
            if status < 400:
                return name, json.loads(body) if body else {}
        return "", {}


async def _exchange(port: int, request: bytes) -> tuple[int, bytes]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(request)
        await writer.drain()
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        length = int(head.partition(b"content-length:")[2].partition(b"\r\n")[0] or 0)
        return int(head[9:12]), await reader.readexactly(length)
    finally:
        writer.close()


async def _place(caller: _Caller, seconds: float, rate: float) -> None:
    watch = asyncio.create_task(caller.watch())
    began, calls = time.monotonic(), []
    for number in itertools.count():
        due = began + number / rate
        if due > began + seconds:
            break
        await asyncio.sleep(max(0.0, due - time.monotonic()))
        calls.append(asyncio.create_task(caller.call(f"call-{number:06}")))
    await asyncio.gather(*calls)
    watch.cancel()


def main(key: str, secret: str, number: str, ports: str, seconds: str, rate: str) -> None:
    """Place the calls and print what became of each, as JSON. `ports` is "name=port,…", the first asked first."""
    named = {name: int(port) for name, port in (each.split("=") for each in ports.split(","))}
    caller = _Caller(Signer(key, secret, number), named)
    asyncio.run(_place(caller, float(seconds), float(rate)))
    print(json.dumps([asdict(placed) for placed in caller.placed]))


if __name__ == "__main__":
    main(*sys.argv[1:])
