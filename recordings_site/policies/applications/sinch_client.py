"""Reaches Sinch's REST API in an application's name: opens its secret, chooses the hosts."""

from django.conf import settings

from recordings_site.destinations.sealing import Keyring, SealingError
from recordings_site.policies.models import Application
from recordings_site.sinch.errors import SignatureError
from recordings_site.sinch.rest.client import CONFIGURATION_URL, TRIES, ApiError, Client, regional_url
from recordings_site.sinch.signing import decode_secret


def client_for(application: Application, *, tries: int = TRIES) -> Client:
    """Return a client that signs with the application's first secret; use it in a `with` block. Raises ApiError.

    With `tries=1` nothing is repeated: for somebody who waits.
    """
    if not application.secret:
        raise ApiError("No secret yet. Enter it on the application’s page.")
    try:
        secret = Keyring.parse(settings.CREDENTIALS_KEYS).open(application.secret, application.context("secret"))
        decode_secret(secret)
    except SealingError:
        raise ApiError("The secret can’t be decrypted. Enter it again.") from None
    except SignatureError as problem:
        raise ApiError(str(problem)) from None
    return Client(
        application.key,
        secret,
        calling_url=settings.SINCH_CALLING_URL or regional_url(application.region),
        configuration_url=settings.SINCH_CONFIGURATION_URL or CONFIGURATION_URL,
        sign_decoded_paths=settings.SINCH_SIGN_DECODED_PATHS,
        tries=tries,
    )
