"""Makes an account an admin's and prints the one-time link at which its owner chooses a password."""

from typing import Any

from allauth.mfa.models import Authenticator
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email

from recordings_site.accounts import actions
from recordings_site.accounts.links import password_link
from recordings_site.accounts.models import User


class Command(BaseCommand):
    """`manage.py create_admin EMAIL`."""

    help = "Make EMAIL an admin, creating the account if needed, and print a one-time link to choose a password."

    def add_arguments(self, parser: CommandParser) -> None:
        """One address."""
        parser.add_argument("email")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it; the link is printed and not sent."""
        try:
            validate_email(options["email"])
        except ValidationError as error:
            raise CommandError(f"{options['email']} isn’t an email address.") from error
        person = actions.ensure_admin(email=options["email"])
        if person.last_login is not None and len(User.objects.active_admins()) > 1:
            actions.send_link(person)
            self.stdout.write(f"{person.email} is now an admin. We sent them a link to choose a new password.\n")
        else:
            self.stdout.write(f"{person.email} is now an admin. Choose a password here. The link works once:\n")
            self.stdout.write(password_link(person) + "\n")
        if Authenticator.objects.filter(user=person).exists():
            remedy = f"manage.py remove_second_factors {person.email}"
            self.stdout.write(f"Two-step verification is still required. If the device is lost: {remedy}\n")
