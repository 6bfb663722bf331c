"""Says what is wrong when an application's callbacks arrive and their signature does not match, and what to do."""

from dataclasses import dataclass

from django.conf import settings
from django.utils import timezone

from recordings_site.base.formatting import counted, full
from recordings_site.policies.models import Application
from recordings_site.sinch.errors import SignatureError
from recordings_site.sinch.signing import signed_path


@dataclass(frozen=True)
class SignatureProblem:
    """What was seen, and what to do about it."""

    detail: str
    remedy: str


def signature_problem(application: Application) -> SignatureProblem | None:
    """The application's problem with signatures, None when it has none now."""
    if not application.has_signature_problem or application.wrong_signature_at is None:
        return None
    times = counted(application.wrong_signatures, "callback")
    at = full(timezone.localtime(application.wrong_signature_at))
    detail = f"Callbacks arrive, but their signature doesn’t match: {times}, last on {at}."
    ours, theirs = settings.CALLBACK_PATH, _path_at_sinch(application)
    if theirs and theirs.rstrip("/") != ours.rstrip("/"):
        return SignatureProblem(
            detail,
            f"Check the path. Sinch signs {theirs}, but this site expects {ours}. Set CALLBACK_PATH to the path of"
            " the callback URL at Sinch.",
        )
    return SignatureProblem(
        detail,
        f"Check the path or the secret. The callback URL at Sinch has to end in {ours}, the path this site expects "
        "to be signed, and the secret must be the one in the Sinch dashboard.",
    )


def _path_at_sinch(application: Application) -> str:
    """The path that Sinch signs for: as a signature proved, else that of the callback URL which Sinch named."""
    if application.wrong_signature_path or not application.sinch_callback_url:
        return application.wrong_signature_path
    try:
        return signed_path(application.sinch_callback_url)
    except SignatureError:
        return ""
