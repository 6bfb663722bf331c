"""Deciding with 10,000 numbers beside an empty view, and a month of calls replayed beside reading their rows."""

import json
import random
import time
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from recordings_site.policies.engine.snapshot import MAX_AGE
from recordings_site.sinch import signing
from tests import postgres
from tests.bench import Row, percentile
from tests.bench.bench_callbacks import CONNECTIONS, without_recording
from tests.running_callbacks import CONTENT_TYPE, PATH
from tests.running_site import Load, Site, burst, load, request, running

NUMBERS, POLICIES, ICES, ROUNDS = 10_000, 100, 1_500, 7
PACE = 200
BURSTS, TURNS = (500, 2000), 3
# As the site runs its own.
THREADS = 256
CALLS = 100_000

PREPARE = f"""
from tests import factories
from recordings_site.policies.revision.actions import bump_revision
from recordings_site.policies.models import PhoneNumber
place = factories.destination().pk
rules = [
    {{"record": False, "when": {{"callers": ["private"]}}}},
    {{"record": False, "when": {{"weekdays": [1], "start": "03:00", "end": "03:01"}}}},
    {{"record": True, "when": {{"direction": "inbound", "numbers": ["+4621*"]}}}},
]
heard = {{"kind": "say", "text": "This call is recorded."}}
document = {{
    "rules": rules, "time_zone": "Europe/Stockholm", "route": factories.CONNECT,
    "how": {{"destination": place, "announcement": heard}},
}}
policies = [factories.policy(document) for _ in range({POLICIES})]
application, team = factories.application(), factories.team()
PhoneNumber.objects.bulk_create(
    PhoneNumber(digits=f"4621{{n:07}}", application=application, team=team, policy=policies[n % {POLICIES}])
    for n in range({NUMBERS})
)
# Rows made so count no revision up: a process that had looked halfway would keep to what it saw.
bump_revision()
print(application.key, factories.SECRET)
"""
REBUILD = """
import time
from recordings_site.policies.revision.snapshot_loader import FromDatabase
loader = FromDatabase()
loader.load()
began = time.perf_counter()
loader.load()
print(time.perf_counter() - began)
"""
REPLAY = f"""
import random, time
from datetime import timedelta
from django.utils import timezone
from recordings_site.calls import actions_replay, replay
from recordings_site.calls.models import Call, Decision
from recordings_site.policies.engine.schema.document import parse
from recordings_site.policies.models import PhoneNumber, Policy
draw, now = random.Random(1), timezone.now()
policy = Policy.objects.order_by("pk").first()
numbers = list(PhoneNumber.objects.filter(policy=policy))
calls = Call.objects.bulk_create([
    Call(application_id=n.application_id, call_id=f"replay-{{i}}", number=n, direction="inbound",
         caller=f"+4670{{draw.randrange(10**7):07}}", called=n.e164, duration=60,
         started_at=now - timedelta(seconds=draw.randrange(29 * 86400)))
    for i in range({CALLS}) for n in [draw.choice(numbers)]
], batch_size=2000)
Decision.objects.bulk_create(
    [Decision(call=call, outcome="record", reason="rule_records") for call in calls], batch_size=2000
)
data = policy.published.document
data["rules"].insert(0, {{"record": False, "when": {{"callers": ["+46701*"]}}}})
asked = actions_replay.start_replay(by=None, policy=policy, document=parse(data))
began = time.perf_counter()
last = 0
calls = replay.calls_of(asked).order_by("pk").values_list(*replay.COLUMNS, "decision__outcome")
while rows := list(calls.filter(pk__gt=last)[:replay.PAGE]):
    last = rows[-1][0]
read = time.perf_counter() - began
began = time.perf_counter()
replay.run(asked)
print(time.perf_counter() - began, read, asked.done, asked.outcome["fewer"])
"""


def rows() -> Iterator[Row]:
    """One site on PostgreSQL with so many numbers."""
    with postgres.migrated(fsync="on") as server, running(server.url, threads=THREADS) as site:
        key, secret = site.python(PREPARE).split()
        yield Row(f"the snapshot of {NUMBERS} numbers read and parsed", float(site.python(REBUILD)) * 1000, "ms")
        yield from decided(site, key, secret)
        took, read, done, fewer = map(float, site.python(REPLAY).split())
        yield Row(f"replay of {done:,.0f} calls ({fewer:,.0f} change)", took, "s", read, "s to read their rows")


def decided(site: Site, key: str, secret: str) -> Iterator[Row]:
    """Answers without and with what they leave behind, beside the empty view, taken in turns."""
    for path in (PATH, "/decide", PATH):
        # The first callbacks let each process see the numbers, which takes it a moment.
        load(site.port, ices(key, secret, path, 200), connections=4)
        time.sleep(MAX_AGE)
    rounds: dict[str, list[Load]] = {"/empty": [], "/decide": [], PATH: []}
    for turn in range(ROUNDS):
        # Each goes first, last and between: a machine that slows down in a round favours nobody.
        paths = [*rounds][turn % 3 :] + [*rounds][: turn % 3]
        for path in paths:
            rounds[path].append(load(site.port, ices(key, secret, path, ICES), connections=CONNECTIONS))
    for what, path in (("verify + decide + render", "/decide"), ("a whole ICE, kept durably", PATH)):
        yield median_of(what, rounds[path], rounds["/empty"])
    yield from times(f"a whole ICE, {CONNECTIONS} at once", rounds[PATH])
    yield from times(f"a whole ICE, {PACE} a second", [paced(site, key, secret)])
    for size in BURSTS:
        yield from at_once(site, key, secret, size)
    unrecorded = sum(without_recording(one) for path in ("/decide", PATH) for one in rounds[path])
    yield Row("answers that do not record", unrecorded, "")


def median_of(what: str, found: list[Load], floor: list[Load]) -> Row:
    """The round whose ratio to the empty view of the same round is the median of all."""
    beside = [(one.per_second, empty.per_second) for one, empty in zip(found, floor, strict=True)]
    beside.sort(key=lambda pair: pair[0] / pair[1])
    least, middle, most = beside[0], beside[len(beside) // 2], beside[-1]
    spread = f"{least[0] / least[1]:.2f} to {most[0] / most[1]:.2f} x in {len(beside)} rounds"
    return Row(what, middle[0], "/s", middle[1], f"/s of an empty view ({spread})")


def paced(site: Site, key: str, secret: str) -> Load:
    """Calls that come at their own times, however the earlier ones fare: a large company's busiest hour."""
    return load(site.port, ices(key, secret, PATH, PACE * 10), connections=CONNECTIONS, per_second=PACE)


def at_once(site: Site, key: str, secret: str, size: int) -> Iterator[Row]:
    """So many calls in one moment: what became of the recordings, and how long the last one waited; the worst of some
    turns.
    """
    turns = []
    for _ in range(TURNS):
        found = burst(site.port, ices(key, secret, PATH, size))
        valid = sum(b" 200 " in answer[:20] and b'"action"' in answer for answer in found.answers)
        turns.append((valid, size - without_recording(found), max(found.milliseconds)))
        time.sleep(1)
    yield Row(f"{size} at once: valid answers", min(valid for valid, _, _ in turns), "")
    yield Row(f"{size} at once: recorded", min(recorded for _, recorded, _ in turns), "")
    yield Row(f"{size} at once: the last answer", max(last for _, _, last in turns), "ms")


def times(what: str, found: list[Load]) -> Iterator[Row]:
    """How long they took, over all rounds."""
    milliseconds = [one for each in found for one in each.milliseconds]
    yield Row(f"{what}: 50th in 100", percentile(milliseconds, 50), "ms")
    yield Row(f"{what}: 99th in 100", percentile(milliseconds, 99), "ms")


def ices(key: str, secret: str, path: str, count: int) -> list[bytes]:
    """Signed ICEs to numbers drawn from all of them."""
    draw = random.Random(count)
    found = []
    for _ in range(count):
        body = json.dumps(ice(f"4621{draw.randrange(NUMBERS):07}")).encode()
        stamp = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        authorization = signing.authorization(
            key, secret, method="POST", path=path, body=body, content_type=CONTENT_TYPE, x_timestamp=stamp
        )
        headers = {"Content_Type": CONTENT_TYPE, "x_timestamp": stamp, "Authorization": authorization}
        found.append(request("POST", path, body, **headers))
    return found


def ice(number: str) -> dict[str, Any]:
    """A call from outside to this number, now."""
    return {
        "event": "ice",
        "callid": str(uuid.uuid4()),
        "timestamp": datetime.now(UTC).isoformat(),
        "version": 1,
        "cli": "46733000001",
        "to": {"type": "did", "endpoint": number},
        "domain": "pstn",
        "originationType": "pstn",
    }
