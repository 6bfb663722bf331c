"""Letters: e-mail as rows, and how a worker sends one."""

from collections.abc import Sequence
from datetime import timedelta

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.template.loader import render_to_string
from django.utils import timezone

from recordings_site.accounts.links import password_link, way_in
from recordings_site.accounts.models import LINK, Letter, User
from recordings_site.tasks.registry import enqueue

# What could not be sent by then is not sent.
KEPT_FOR = timedelta(days=3)


def keep(*, to: Sequence[str], sender: str, subject: str, body: str) -> None:
    """Queue one message, within the caller's transaction."""
    one_line = " ".join(subject.split())[:300]
    _queue(Letter.objects.create(to=list(to), sender=sender, subject=one_line, body=body))


def invite(person: User, *, subject: str, body: str) -> None:
    """Queue a message with a link to begin with; `body` has LINK where the worker is to put it."""
    to, sender = [person.email], settings.DEFAULT_FROM_EMAIL
    _queue(Letter.objects.create(to=to, sender=sender, subject=subject, body=body, link_for=person))


def ask_for_link(email: str) -> None:
    """Queue the password reset message for this address.

    Whether there is an account is found out by the worker: for the page that asks, all addresses are alike, and so is
    the time that it takes.
    """
    _queue(Letter.objects.create(to=[email], forgotten=True))


def send(pk: int) -> None:
    """Send one message, and delete its row. Raises what the mail server's connection raises."""
    letter = Letter.objects.filter(pk=pk).first()
    if letter is None:
        return
    if letter.link_for is not None:
        letter.body = letter.body.replace(LINK, way_in(letter.link_for))
    if not letter.forgotten or _write_link(letter):
        connection = get_connection(settings.MAIL_TRANSPORT, timeout=settings.EMAIL_TIMEOUT)
        EmailMessage(letter.subject, letter.body, letter.sender or None, letter.to, connection=connection).send()
    letter.delete()


def delete_old() -> None:
    """Delete what could not be sent."""
    Letter.objects.filter(created_at__lt=timezone.now() - KEPT_FOR).delete()


def _queue(letter: Letter) -> None:
    enqueue("mail.send", letter.pk)


def _write_link(letter: Letter) -> bool:
    """Write the password reset message; return False when no account has this address."""
    person = User.objects.with_address(letter.to[0])
    if person is None or not person.is_active or not person.may_use_password:
        return False
    letter.to, letter.sender = [person.email], settings.DEFAULT_FROM_EMAIL
    letter.subject = f"{settings.ACCOUNT_EMAIL_SUBJECT_PREFIX}Choose a new password"
    letter.body = render_to_string("accounts/forgotten.txt", {"person": person, "link": password_link(person)})
    return True
