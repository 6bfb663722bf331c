"""The command that prints what a call would be answered with."""

import json
from argparse import ArgumentParser
from typing import Any
from uuid import uuid4

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from recordings_site.base.formatting import digits
from recordings_site.policies.engine import answer, snapshot
from recordings_site.policies.engine.call_facts import CallFacts
from recordings_site.policies.engine.explain import sentences
from recordings_site.policies.engine.preview import SAMPLE_CALLER


class Command(BaseCommand):
    """Prints the masked SVAML of one event of a call to one of our numbers, and the sentence that says why."""

    help = "Print the SVAML that would answer a call, with credentials masked, and the reason."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which call and which event."""
        parser.add_argument("--number", required=True, help="our number, such as +46812345678")
        parser.add_argument("--event", choices=("ice", "ace", "pie"), default="ice", help="event (default: ice)")
        parser.add_argument("--call-id", default="sample-call", help="call ID, which determines the random sample")
        parser.add_argument("--caller", default=SAMPLE_CALLER, help=f"the caller (default: {SAMPLE_CALLER})")
        parser.add_argument("--at", default="", help="time of the call, such as 2026-11-23T12:00:00Z (default: now)")
        parser.add_argument("--input", default="", help="key the caller presses in a menu, for pie")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print it; the SVAML goes to standard output, the sentence to standard error."""
        in_force = snapshot.current()
        number = in_force.numbers.get(digits(options["number"]))
        if number is None:
            raise CommandError(f"{options['number']} isn’t one of your numbers. Add it under Numbers.")
        at = parse_datetime(options["at"]) if options["at"] else timezone.now()
        if at is None:
            raise CommandError("--at must be a time such as 2026-11-23T12:00:00Z.")
        at = at if timezone.is_aware(at) else timezone.make_aware(at)
        key = next(a.key for a in in_force.applications.values() if a.id == number.application_id)
        call = CallFacts(options["call_id"], "inbound", options["caller"], number.e164, number.digits, at, key)
        given = answer.answer_ice(call, in_force, application_key=key, recording_id=uuid4())
        match options["event"]:
            case "ace":
                given = answer.answer_ace(given.decision, in_force)
            case "pie":
                given = answer.answer_pie(given.decision, options["input"], in_force)
        self.stderr.write(sentences.decision(given.decision.grounds))
        self.stdout.write(json.dumps(answer.masked_svaml(given), indent=2, ensure_ascii=False))
