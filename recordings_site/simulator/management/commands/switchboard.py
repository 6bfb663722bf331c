"""`manage.py switchboard`: calls that stay in progress, and Sinch's REST API beside them, for trying live control."""

import os
import time
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from recordings_site.simulator import rest
from recordings_site.simulator.engine import Engine, Options
from recordings_site.simulator.svaml_execution import Stage
from recordings_site.simulator.switchboard import Switchboard
from recordings_site.simulator.uploads import Uploads
from recordings_site.simulator.wire import Application, Wire, over_http
from recordings_site.sinch.errors import SignatureError
from recordings_site.sinch.signing import decode_secret


class Command(BaseCommand):
    """Hold calls, and answer for Sinch's REST API."""

    help = (
        "Stand in for Sinch with calls that go on until they are hung up (Ctrl+C hangs up all), and with its REST API: "
        "start the site with SINCH_CALLING_URL and SINCH_CONFIGURATION_URL set to the address that is printed."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the options of the calls."""
        parser.add_argument("--url", required=True, help="the callback URL")
        parser.add_argument("--key", required=True, help="the application's key")
        parser.add_argument("--secret", help="its secret; better in the environment as SIMULATE_SECRET")
        parser.add_argument("--number", action="append", required=True, help="a number to call; can be repeated")
        parser.add_argument("--port", type=int, default=0, help="of the REST API (any free one)")
        parser.add_argument(
            "--seconds", type=float, default=0.0, help="hang up after this many seconds (default: when interrupted)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Place the calls, serve, wait, hang up."""
        secret = options["secret"] or os.environ.get("SIMULATE_SECRET", "")
        try:
            decode_secret(secret)
        except SignatureError as error:
            raise CommandError(f"{error} Give it with --secret or in SIMULATE_SECRET.") from error
        numbers = [number.lstrip("+") for number in options["number"]]
        account = rest.Account({options["key"]: secret}, {f"+{number}": options["key"] for number in numbers})
        with rest.serving(account, port=options["port"]) as address:
            application = Application(options["key"], secret, options["url"])
            uploads = Uploads({"local": str(settings.LOCAL_STORE_ROOT)})
            engine = Engine(application, Wire(application, over_http()), uploads, Options(rest_url=address))
            board = account.calls = Switchboard(engine)
            self.stdout.write(f"Sinch's REST API is at {address}")
            for place, number in enumerate(numbers):
                call = board.place(number, other=f"120255501{place:02}")
                ended = call.stage is Stage.ENDED
                self.stdout.write(f"+{number}: {'ended, ' + call.reason if ended else 'in progress'}")
            try:
                time.sleep(options["seconds"] or 24 * 3600)
            except KeyboardInterrupt:
                self.stdout.write("")
            board.hang_up_all()
            self.stdout.write("All calls have ended.")
