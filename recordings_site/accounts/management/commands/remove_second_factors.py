"""Removes the second factors of a user who lost theirs; for the only admin, whom no other admin can help."""

from typing import Any

from allauth.mfa.models import Authenticator
from django.core.management.base import BaseCommand, CommandError, CommandParser

from recordings_site.accounts import actions
from recordings_site.accounts.models import User


class Command(BaseCommand):
    """`manage.py remove_second_factors EMAIL`."""

    help = "Remove two-step verification and passkeys from EMAIL, who then signs in with just a password."

    def add_arguments(self, parser: CommandParser) -> None:
        """One address."""
        parser.add_argument("email")

    def handle(self, *args: Any, **options: Any) -> None:
        """Remove them, record it in the audit trail, and notify the person by email."""
        person = User.objects.with_address(options["email"])
        if person is None:
            raise CommandError(f"No account has the address {options['email']}.")
        kinds = actions.remove_second_factors(by=None, person=person)
        if not isinstance(kinds, list) or not kinds:
            self.stdout.write(f"{person.email} has no two-step verification. Nothing was changed.")
            return
        removed = ", ".join(str(Authenticator.Type(kind).label) for kind in kinds)
        self.stdout.write(f"{person.email} no longer has: {removed}. They now sign in with just a password.")
