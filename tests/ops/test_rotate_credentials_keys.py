"""Rotation seals every secret again with the first key, tells what it cannot open, and can be run again."""

import base64
import io

import pytest
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.core.management import CommandError, call_command
from pytest_django import Settings

from recordings_site.destinations.models import Destination
from recordings_site.destinations.sealing import SealingError
from recordings_site.policies.models import Application
from tests import factories

pytestmark = pytest.mark.django_db
NEW = "next:" + base64.b64encode(b"n" * 32).decode()


def rotated(*options: str) -> str:
    out = io.StringIO()
    call_command("rotate_credentials_keys", *options, stdout=out, stderr=out)
    return out.getvalue()


def test_everything_opens_with_the_new_key_alone_afterwards(settings: Settings) -> None:
    destination, application = factories.destination(), factories.application()
    settings.CREDENTIALS_KEYS = f"{NEW},{settings.CREDENTIALS_KEYS}"
    assert "3 secrets are encrypted with a key other" in rotated("--dry-run")
    assert "3 secrets were re-encrypted with the key next" in rotated()
    assert "0 secrets were re-encrypted" in rotated()
    settings.CREDENTIALS_KEYS = NEW
    destination, application = Destination.objects.get(), Application.objects.get()
    assert destination.decrypted("write_credentials") == factories.WRITE_CREDENTIALS
    assert application.secret.startswith("next.")


def test_second_factors_open_with_the_new_key_too(settings: Settings) -> None:
    person = factories.user()
    totp = TOTP.activate(person, "JBSWY3DPEHPK3PXP")
    codes = RecoveryCodes.activate(person).generate_codes()
    settings.CREDENTIALS_KEYS = f"{NEW},{settings.CREDENTIALS_KEYS}"
    assert "2 secrets are encrypted with a key other" in rotated("--dry-run")
    assert "2 secrets were re-encrypted" in rotated()
    settings.CREDENTIALS_KEYS = NEW
    factor = Authenticator.objects.get(pk=totp.instance.pk)
    assert get_adapter().decrypt(factor.data["secret"]) == "JBSWY3DPEHPK3PXP"
    assert Authenticator.objects.get(type="recovery_codes").wrap().generate_codes() == codes


def test_what_does_not_open_is_named_and_the_others_are_done(settings: Settings) -> None:
    broken, whole = factories.destination(name="Broken"), factories.destination()
    Destination.objects.filter(pk=broken.pk).update(write_credentials=whole.write_credentials)
    settings.CREDENTIALS_KEYS = f"{NEW},{settings.CREDENTIALS_KEYS}"
    with pytest.raises(CommandError, match="Broken: A secret of destination"):
        rotated()
    assert Destination.objects.get(pk=whole.pk).write_credentials.startswith("next.")
    with pytest.raises(SealingError):
        Destination.objects.get(pk=broken.pk).decrypted("write_credentials")
