"""Django's e-mail backend of this site: keeps each message for a worker."""

from collections.abc import Sequence

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from recordings_site.accounts.mail.letters import keep


class QueueBackend(BaseEmailBackend):
    """Keeps messages in the transaction of whoever sends them: what is rolled back is not sent."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Keep text messages; returns how many."""
        for message in email_messages:
            subject, body = str(message.subject), str(message.body)
            keep(to=message.recipients(), sender=message.from_email, subject=subject, body=body)
        return len(email_messages)
