"""Gives the database role of the site what it needs, and nothing with which it could change the audit trail."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection, transaction

from recordings_site.accounts import append_only


class Command(BaseCommand):
    """`manage.py grant_site_role ROLE`."""

    help = (
        "Let the PostgreSQL role ROLE use every table but only append to the "
        "audit trail. Run this as the tables’ owner."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """One role."""
        parser.add_argument("role")

    def handle(self, *args: Any, role: str, **options: Any) -> None:
        """Grant; run it again after each migration."""
        if connection.vendor != "postgresql":
            raise CommandError("This command needs PostgreSQL.")
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT current_user = %s, EXISTS (SELECT FROM pg_roles WHERE rolname = %s)", [role, role])
            is_owner, exists = cursor.fetchone()
            if not exists:
                raise CommandError(f"Role {role} doesn’t exist. Create it first: CREATE ROLE {role} LOGIN PASSWORD ...")
            if is_owner:
                raise CommandError(f"{role} owns the tables. Name a different role.")
            for statement in append_only.grants(connection.ops.quote_name(role)):
                cursor.execute(statement)
        self.stdout.write(f"{role} can now use the site’s tables, and only append to the audit trail.")
