"""E-mail leaves through the queue: no request waits for a mail server, and what is rolled back is not sent."""

import re
from typing import Any

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core import mail
from django.core.mail import send_mail
from django.db import transaction
from django.test import Client, TestCase
from pytest_django import DjangoAssertNumQueries

from recordings_site.accounts.mail import letters
from recordings_site.accounts.models import Letter
from recordings_site.tasks.models import Task
from tests import factories
from tests.queue_worker import send_letters
from tests.refused_mail import refuse_mail_to

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def queue(settings: Any) -> None:
    """The site's own backend, which pytest-django replaces."""
    settings.EMAIL_BACKEND = "recordings_site.accounts.mail.backend.QueueBackend"


def test_a_message_waits_for_a_worker_and_its_row_is_gone_when_it_was_sent() -> None:
    send_mail("Two\nlines", "with a link", None, ["ann@example.com"])
    assert mail.outbox == []
    assert Task.objects.filter(kind="mail.send", subject=Letter.objects.get().pk).exists()
    send_letters()
    assert [(m.subject, m.body, m.to) for m in mail.outbox] == [("Two lines", "with a link", ["ann@example.com"])]
    assert not Letter.objects.exists()


def test_what_is_rolled_back_is_not_sent() -> None:
    with transaction.atomic():
        send_mail("Subject", "text", None, ["ann@example.com"])
        transaction.set_rollback(True)
    assert not Letter.objects.exists()


def test_a_message_that_the_server_refuses_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    refuse_mail_to("ann@example.com", monkeypatch)
    send_mail("Subject", "text", None, ["ann@example.com"])
    with pytest.raises(OSError, match="no such mailbox"):
        letters.send(Letter.objects.get().pk)
    assert Letter.objects.exists()


def test_a_one_time_link_is_made_when_the_message_is_sent_and_lies_in_no_row() -> None:
    admin = factories.admin(email="admin@example.com")
    client = Client()
    client.force_login(admin)
    with TestCase.captureOnCommitCallbacks(execute=True):
        client.post("/people/", {"email": "ann@example.com", "role": "support"})
    rows = [repr(list(each.objects.values())) for each in (Letter, Session)]
    rows += [repr(session.get_decoded()) for session in Session.objects.all()]
    assert "ann@example.com" in rows[0]
    assert "password/reset" not in " ".join(rows)
    shown = re.findall(r"https?://\S+/password/reset/key/[\w-]+/", client.get("/people/").content.decode())
    send_letters()
    [sent] = re.findall(r"https?://\S+/password/reset/key/[\w-]+/", str(mail.outbox[0].body))
    assert sent in shown
    assert "password/reset/key" not in client.get("/people/").content.decode(), "shown once"


def test_a_mail_server_that_hangs_holds_a_worker_for_seconds_only() -> None:
    assert settings.EMAIL_TIMEOUT <= 10


def test_the_page_for_a_forgotten_password_does_the_same_whoever_has_an_account(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    factories.user(email="ann@example.com")
    factories.user(email="gone@example.com", is_active=False)
    asked = {}
    # The count of requests from this address is made by the first one.
    Client(REMOTE_ADDR="192.0.2.9").post("/accounts/password/reset/", {"email": "first@example.com"})
    for email in ("ann@example.com", "gone@example.com", "nobody@example.com"):
        with django_assert_num_queries(1000, exact=False) as queries:
            Client(REMOTE_ADDR="192.0.2.9").post("/accounts/password/reset/", {"email": email})
        asked[email] = [query["sql"].split(" ")[0] for query in queries.captured_queries]
    assert asked["ann@example.com"] == asked["gone@example.com"] == asked["nobody@example.com"]
    send_letters()
    assert [message.to for message in mail.outbox] == [["ann@example.com"]]
