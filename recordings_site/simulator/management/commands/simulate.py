"""`manage.py simulate`: a stand-in for Sinch that places calls against any installation's callback URL."""

import os
import sys
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from recordings_site.simulator.engine import Engine, Options, Totals
from recordings_site.simulator.outbox import Faults
from recordings_site.simulator.plan import CalledNumbers, CallGroup, plan
from recordings_site.simulator.shapes import SHAPES, Shape, ShapedWire
from recordings_site.simulator.throttle import throttled
from recordings_site.simulator.uploads import Uploads
from recordings_site.simulator.wire import Application, over_http
from recordings_site.sinch.errors import SignatureError
from recordings_site.sinch.signing import decode_secret


class Command(BaseCommand):
    """Place calls as Sinch would."""

    help = (
        "Stand in for Sinch: place calls against a callback URL, execute the SVAML in the answer, write synthetic "
        "recordings and transcripts where it says, and send the notifications."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the options of the simulation."""
        parser.add_argument(
            "--url", required=True, help="the callback URL, such as http://127.0.0.1:8000/callbacks/sinch/"
        )
        parser.add_argument("--fallback-url", default="", help="asked when the first gives an error")
        parser.add_argument("--key", required=True, help="the application's key")
        parser.add_argument("--secret", help="its secret; better in the environment as SIMULATE_SECRET")
        parser.add_argument("--number", action="append", required=True, help="a number to call; can be repeated")
        parser.add_argument(
            "--conference-number", action="append", default=[], help="a number whose calls come two or three at a time"
        )
        parser.add_argument("--calls", type=int, default=10, help="how many calls (default: 10)")
        parser.add_argument("--seed", type=int, default=1, help="the same seed gives the same calls (1)")
        parser.add_argument("--days", type=float, default=1.0, help="spread over this many past days (default: 1)")
        parser.add_argument(
            "--rate", type=float, default=0.0, help="at most this many calls a second (default: no limit)"
        )
        parser.add_argument(
            "--outbound", type=float, default=0.0, metavar="PERCENT", help="calls placed from our side (0)"
        )
        parser.add_argument(
            "--lose", type=float, default=0.0, metavar="PERCENT", help="notifications that never come (0)"
        )
        parser.add_argument("--shuffle", type=float, default=0.0, metavar="PERCENT", help="events that come late (0)")
        parser.add_argument(
            "--duplicate", type=float, default=0.0, metavar="PERCENT", help="events that come twice (0)"
        )
        parser.add_argument(
            "--shape", choices=sorted(SHAPES), help="send an odd shape of events; they are listed below"
        )
        parser.formatter_class = RawDescriptionHelpFormatter
        width = max(map(len, SHAPES))
        listed = [f"  {name:{width}}  {shape.help}" for name, shape in SHAPES.items()]
        parser.epilog = "\n".join(["shapes of events, as they were seen or are documented:", *listed]).replace(
            "%", "%%"
        )
        parser.add_argument("--long-calls", type=int, default=0, help="recorded calls of forty minutes (0)")
        parser.add_argument(
            "--endpoint", action="append", default=[], metavar="KIND=ADDRESS",
            help="where a kind of store is, such as s3=http://127.0.0.1:8080; for local a folder (LOCAL_STORE_ROOT)",
        )  # fmt: skip

    def handle(self, *args: Any, **options: Any) -> None:
        """Plan and place the calls, then print the totals."""
        secret = options["secret"] or os.environ.get("SIMULATE_SECRET", "")
        try:
            decode_secret(secret)
        except SignatureError as error:
            raise CommandError(f"{error} Give it with --secret or in SIMULATE_SECRET.") from error
        application = Application(options["key"], secret, options["url"], options["fallback_url"])
        faults = Faults(options["lose"], options["shuffle"], options["duplicate"])
        shape = SHAPES.get(options["shape"] or "", Shape("events as they are documented"))
        engine_options = Options(
            seed=options["seed"],
            faults=faults,
            long_calls=options["long_calls"],
            two_parts=shape.two_parts,
            writes_nothing=shape.writes_nothing,
        )
        uploads = Uploads({"local": str(settings.LOCAL_STORE_ROOT)} | _endpoints(options["endpoint"]))
        wire = ShapedWire(application, over_http(chunked=shape.chunked), shape)
        engine = Engine(application, wire, uploads, engine_options)
        groups = plan(
            seed=options["seed"], calls=options["calls"], days=options["days"], now=datetime.now(UTC),
            numbers=CalledNumbers(_digits(options["number"]), _digits(options["conference_number"])),
            outbound=options["outbound"] / 100,
        )  # fmt: skip
        with tqdm(total=options["calls"], unit="call", disable=not sys.stderr.isatty()) as bar:

            def show(group: CallGroup) -> None:
                bar.update(len(group))

            totals = engine.run(throttled(groups, options["rate"]), after_each=show)
        self.stdout.write(summary(totals))
        if shape.wrong_signature and totals.refused == totals.events:
            self.stdout.write("All were rejected, as they should be: the application's page says why.")
            return
        if totals.calls and totals.broken.get("CALLBACKERROR", 0) == totals.calls:
            raise CommandError(f"No call was answered by {application.url}: check the address, the key and the secret.")


def summary(totals: Totals) -> str:
    """Return the totals in a few lines."""
    lines = [
        f"{totals.calls} calls, {totals.answered} answered; {totals.recordings} recordings and {totals.transcripts} "
        f"transcripts written; {totals.events} events sent, {totals.refused} of them rejected; "
        f"{totals.lost} lost and {totals.doubled} doubled on purpose."
    ]
    lines += [f"{count} calls were broken by the answer: {reason}." for reason, count in totals.broken.items()]
    lines += [f"Not written: {problem}" for problem in sorted(set(totals.failed_uploads))[:10]]
    return "\n".join(lines)


def _digits(numbers: list[str]) -> tuple[str, ...]:
    return tuple(number.lstrip("+") for number in numbers)


def _endpoints(given: list[str]) -> dict[str, str]:
    endpoints = {}
    for item in given:
        kind, equals, address = item.partition("=")
        if not equals:
            raise CommandError(f"--endpoint {item}: write KIND=ADDRESS, such as s3=http://127.0.0.1:8080.")
        endpoints[kind] = address
    return endpoints
