"""A relayed ICE, stored and with its recording added, beside the same upstream asked directly: what the relay adds."""

import contextlib
import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from urllib.parse import urlsplit

from recordings_site.sinch import signing
from tests import postgres
from tests.bench import Row, percentile
from tests.bench.bench_policies import ice
from tests.house import ROOT
from tests.running_callbacks import CONTENT_TYPE, PATH
from tests.running_site import Load, Site, load, request, running

CALLS = 600
ROUNDS = 4

# The upstream is a process of its own that verifies each request and answers at once.
UPSTREAM = """
import time
from recordings_site.sinch import svaml
from tests import upstream
answer = svaml.document(svaml.connect_pstn("+46771111111", cli="+46800000001"), [svaml.say("Welcome")])
with upstream.serving(answers={"ice": answer}) as their:
    print(their.url, flush=True)
    time.sleep(3600)
"""
PREPARE = """
import sys
from tests import factories
how = {"destination": factories.destination().pk}
policy = factories.policy({"otherwise_record": True, "route": factories.CONNECT, "how": how})
relayed = factories.application(callback_mode="relay", upstream_url=sys.argv[1])
for application in (relayed, factories.application()):
    number = factories.number(policy=policy, application=application)
    print(application.key, factories.SECRET, number.digits)
"""


def rows() -> Iterator[Row]:
    """One connection, as a call has it, then eight at once."""
    with (
        postgres.migrated(fsync="on") as server,
        running(server.url, ADDRESSES_ALLOWED="127.0.0.1") as site,
        upstream_of(site) as url,
    ):
        relayed, own = (line.split() for line in site.python(PREPARE, url).splitlines())
        for connections in (1, 8):
            yield from measure(site, url, relayed, own, connections)


def measure(site: Site, url: str, relayed: list[str], own: list[str], connections: int) -> Iterator[Row]:
    """Rounds of the three in turn, so that the machine's moods fall on all of them."""
    direct, through, alone = [], [], []
    there = urlsplit(url)
    for _ in range(ROUNDS + 1):
        events = [asked(there.path, relayed) for _ in range(CALLS // ROUNDS)]
        direct.append(load(there.port or 0, events, connections=connections))
        through.append(load(site.port, callbacks(relayed), connections=connections))
        alone.append(load(site.port, callbacks(own), connections=connections))
    assert all(b"recordingOptions" in answer and b"46771111111" in answer for answer in through[-1].answers)
    assert all(b"46771111111" in answer for answer in direct[-1].answers)
    calls = f"{connections} at once" if connections > 1 else "one at a time"
    for share in (50, 99):
        asked_directly, with_relay, without = (_percentile(found[1:], share) for found in (direct, through, alone))
        what = f"ICE, {calls}, {share}th in 100"
        yield Row(f"{what}: relayed", with_relay, "ms", asked_directly, "ms the upstream directly")
        yield Row(f"{what}: added by the relay", with_relay - asked_directly, "ms")
        yield Row(f"{what}: answered by us, no upstream", without, "ms")


def callbacks(of: list[str]) -> list[bytes]:
    """ICEs of new calls, signed as Sinch does."""
    return [asked(PATH, of) for _ in range(CALLS // ROUNDS)]


def asked(path: str, of: list[str]) -> bytes:
    """The same, as our relay would send it to the upstream."""
    key, secret, number = of
    body = json.dumps(ice(number)).encode()
    stamp = signing.format_timestamp(datetime.now(UTC))
    authorization = signing.authorization(
        key, secret, method="POST", path=path, body=body, content_type=CONTENT_TYPE, x_timestamp=stamp
    )
    headers = {"Content_Type": CONTENT_TYPE, "x_timestamp": stamp, "Authorization": authorization}
    return request("POST", path, body, **headers)


def _percentile(loads: list[Load], share: float) -> float:
    return percentile([one for found in loads for one in found.milliseconds], share)


@contextlib.contextmanager
def upstream_of(site: Site) -> Iterator[str]:
    """The upstream's process; gives its URL."""
    program = f"import django\ndjango.setup()\n{UPSTREAM}"
    process = subprocess.Popen(
        [sys.executable, "-c", program], cwd=ROOT, env=site.environment, stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
    finally:
        process.terminate()
        process.wait(10)
        if process.stdout is not None:
            process.stdout.close()
