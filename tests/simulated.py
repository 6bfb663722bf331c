"""Simulated calls against the site's own endpoint, in this process: a Sinch for tests."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.test import Client

from recordings_site.ops.worker.loop import drain
from recordings_site.policies.models import Application
from recordings_site.simulator import engine as simulator
from recordings_site.simulator.engine import Engine, Totals
from recordings_site.simulator.plan import CalledNumbers, CallGroup, plan
from recordings_site.simulator.uploads import Uploads
from recordings_site.simulator.wire import HttpReply, Wire
from recordings_site.tasks import registry
from tests.factories import SECRET

URL = "http://testserver/callbacks/sinch/"


def through_django(url: str, body: bytes, headers: Mapping[str, str]) -> HttpReply:
    """Post to the site without a server between."""
    given = {
        f"HTTP_{name.upper().replace('-', '_')}": value for name, value in headers.items() if name != "Content-Type"
    }
    answer = Client().generic("POST", "/callbacks/sinch/", body, content_type=headers["Content-Type"], **given)
    return HttpReply(answer.status_code, answer.content)


def engine(application: Application, **options: Any) -> Engine:
    """The simulated Sinch of an application of the factories."""
    known = simulator.Application(application.key, SECRET, URL)
    uploads = Uploads({"local": str(settings.LOCAL_STORE_ROOT)})
    return Engine(known, Wire(known, through_django), uploads, simulator.Options(**options))


def groups(
    calls: int, *, numbers: list[str], conference: list[str] | None = None, seed: int = 1, **options: Any
) -> list[CallGroup]:
    """Calls to come, over the past ten days."""
    known = CalledNumbers(tuple(numbers), tuple(conference or ()))
    return plan(seed=seed, calls=calls, days=10, now=datetime.now(UTC), numbers=known, **options)


def simulate(application: Application, planned: list[CallGroup], **options: Any) -> Totals:
    """Place the calls, then do all that a worker would do about them now."""
    totals = engine(application, **options).run(planned)
    drain(registry.load())
    return totals
