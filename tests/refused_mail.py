"""A mail server that knows no such mailbox: it takes nothing for one address, and the mail of all others."""

from collections.abc import Sequence
from smtplib import SMTPRecipientsRefused

import pytest
from django.core.mail import EmailMessage
from django.core.mail.backends.locmem import EmailBackend


def refuse_mail_to(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Refuse it from now on."""
    send = EmailBackend.send_messages

    def send_or_refuse(self: EmailBackend, messages: Sequence[EmailMessage]) -> int:
        if any(address in message.to for message in messages):
            raise SMTPRecipientsRefused({address: (550, b"no such mailbox")})
        return send(self, messages)

    monkeypatch.setattr(EmailBackend, "send_messages", send_or_refuse)
