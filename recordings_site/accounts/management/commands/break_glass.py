"""Lets one admin in with a password for an hour, where single sign-on is the only way in and the provider is down."""

from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from recordings_site.accounts import actions
from recordings_site.accounts.links import password_link
from recordings_site.accounts.models import User


class Command(BaseCommand):
    """`manage.py break_glass EMAIL [--minutes 60]`."""

    help = (
        "Let EMAIL sign in with a password for --minutes although OIDC_ONLY is set, and print a one-time link to "
        "choose one. The other admins are told; second factors are asked for as before."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """One address, and for how long."""
        parser.add_argument("email")
        parser.add_argument("--minutes", type=int, default=60, choices=range(1, 24 * 60 + 1), metavar="N")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it; the link is printed and not sent."""
        person = User.objects.with_address(options["email"])
        if person is None or not person.is_active:
            raise CommandError(f"{options['email']} has no account, or it is deactivated.")
        until = timezone.now() + timedelta(minutes=options["minutes"])
        actions.allow_password(person=person, until=until)
        person.refresh_from_db()
        self.stdout.write(f"{person.email} may sign in with a password until {until:%H:%M} UTC. Choose one here:\n")
        self.stdout.write(password_link(person) + "\n")
