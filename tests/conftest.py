"""What every test has."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from typing import Any

import hypothesis
import pytest
from django.core.management.commands import flush
from django.db import connection, transaction
from django.db.backends.base.operations import BaseDatabaseOperations
from django.http import HttpRequest
from django.test import Client
from pytest_django import DjangoDbBlocker

from tests import prepared

# A busy machine is no bug: no deadlines. And the same examples each time: a run tells of the change, not of luck.
hypothesis.settings.register_profile("tests", deadline=None, derandomize=True)
hypothesis.settings.load_profile("tests")

# pytest-django's fixtures that give a test the database.
_DATABASES = {"db", "transactional_db", "live_server"}

# Without its triggers, those of foreign keys included: the order of tables does not matter.
_DELETE_ROWS = """DO $$ DECLARE name text; used boolean; BEGIN
    SET LOCAL session_replication_role = replica;
    FOREACH name IN ARRAY ARRAY[{tables}] LOOP
        EXECUTE format('SELECT EXISTS (SELECT FROM %I)', name) INTO used;
        IF used THEN EXECUTE format('DELETE FROM %I', name); END IF;
    END LOOP; END $$"""

pytest_plugins = ["tests.browser.fixtures", "tests.stores.fixtures"]


def pytest_configure(config: pytest.Config) -> None:
    """Name the folder that all processes of the run share, in the first of them."""
    if not hasattr(config, "workerinput") and prepared.FOLDER_NAME not in os.environ:
        folder = tempfile.mkdtemp(prefix="recordings-prepared-")
        os.environ[prepared.FOLDER_NAME] = folder
        config.add_cleanup(lambda: shutil.rmtree(folder, ignore_errors=True))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark tests by their folder and by what they use, so that a run can choose among them."""
    for item in items:
        for folder in ("house", "browser"):
            if folder in item.path.parts:
                item.add_marker(folder)
        if item.get_closest_marker("django_db") or not _DATABASES.isdisjoint(getattr(item, "fixturenames", ())):
            item.add_marker("database")


@pytest.fixture(autouse=True, scope="session")
def databases_are_emptied_quickly() -> Iterator[None]:
    """What a test with real transactions wrote is deleted after it, and nothing else is done.

    Django would truncate every table, which takes PostgreSQL a third of a second, and make the content types and
    permissions again, which are the same for every test. The triggers on audit rows forbid deleting them.
    """
    from recordings_site.accounts import append_only

    def empty(self: BaseDatabaseOperations, sql_list: list[str]) -> None:
        kept = ("django_content_type", "auth_permission")
        tables = [
            name for name in self.connection.introspection.django_table_names(only_existing=True) if name not in kept
        ]
        vendor = self.connection.vendor
        if vendor == "postgresql":
            statements = [_DELETE_ROWS.format(tables=", ".join(f"'{name}'" for name in tables))]
        else:
            delete = [f"DELETE FROM {self.quote_name(name)}" for name in tables]
            statements = [*append_only.drop(vendor), *delete, *append_only.create(vendor)]
        with transaction.atomic(using=self.connection.alias), self.connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(BaseDatabaseOperations, "execute_sql_flush", empty)
        patch.setattr(flush, "emit_post_migrate_signal", lambda *given: None)
        yield


@pytest.fixture(autouse=True, scope="session")
def forced_sign_ins_are_of_just_now() -> Iterator[None]:
    """`force_login` signs in as the site does: with a note of when, which secrets, people and keys are asked for."""
    from allauth.account.internal.flows import login

    force = Client.force_login

    def noted(self: Client, user: Any, backend: str | None = None) -> None:
        force(self, user, backend)
        request = HttpRequest()
        request.session = self.session
        login.record_authentication(request, user, method="password")
        request.session.save()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Client, "force_login", noted)
        yield


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The test database; PostgreSQL drops it only when no thread of a test still holds a connection."""
    yield
    if connection.vendor == "postgresql":
        with django_db_blocker.unblock(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )


@pytest.fixture(autouse=True, scope="session")
def no_timer_writes_after_its_test() -> Iterator[None]:
    """Wrong signatures are written when a test says so: a timer would do it in another test, which has no database."""
    from recordings_site.callbacks import wrong_signatures

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(wrong_signatures, "WRITE_AFTER", 86_400.0)
        yield


@pytest.fixture(autouse=True)
def no_snapshot_outlives_its_test() -> Iterator[None]:
    """Rows that a test makes itself count no revision up: each test begins without a snapshot."""
    from recordings_site.policies.engine import snapshot

    snapshot.forget()
    yield
    snapshot.forget()
