"""What connects an application with Sinch: asking what Sinch has, pointing callbacks here, importing numbers, rotating.

Sinch is asked outside of any transaction; what it answered is then kept with its audit row.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from recordings_site.accounts import audit
from recordings_site.accounts.models import Approval, Team, User
from recordings_site.base.formatting import digits
from recordings_site.destinations.sealing import Keyring
from recordings_site.policies.applications import four_eyes
from recordings_site.policies.applications.actions import create_number
from recordings_site.policies.applications.sinch_client import client_for
from recordings_site.policies.models import LAST_SEEN_EVERY, Application, PhoneNumber, Policy
from recordings_site.policies.revision.actions import bump_revision
from recordings_site.sinch.rest.answers import CallbackUrls, Number
from recordings_site.sinch.rest.client import ApiError
from recordings_site.web.locking import lock


@dataclass(frozen=True)
class Imported:
    """One number to make known, as a form or a line of a file says it."""

    digits: str
    team: Team
    label: str = ""
    policy: Policy | None = None


def callback_url() -> str:
    """The URL that an application's callbacks must go to, as it is entered at Sinch."""
    return f"{settings.PUBLIC_URL}{settings.CALLBACK_PATH}"


def points_here(url: str) -> bool:
    """Whether a callback URL is ours, with or without its last slash."""
    return url.rstrip("/") == callback_url().rstrip("/")


def ask_sinch(*, by: User | None, application: Application) -> None:
    """Ask Sinch with the application's key where its callbacks go, and keep the answer, or what was wrong."""
    problem, urls = "", CallbackUrls("")
    try:
        with client_for(application, tries=1) as client:
            urls = client.callbacks()
    except ApiError as error:
        problem = str(error)
    _store_answer(by, application, problem, urls)


@transaction.atomic
def _store_answer(by: User | None, application: Application, problem: str, urls: CallbackUrls) -> None:
    lock(application)
    application.asked_sinch_at = timezone.now()
    application.sinch_problem = problem[:300]
    if not problem:
        application.sinch_callback_url, application.sinch_fallback_url = urls.primary[:500], urls.fallback[:500]
    application.save(update_fields=["asked_sinch_at", "sinch_problem", "sinch_callback_url", "sinch_fallback_url"])
    data = {"problem": problem[:300]} if problem else {"primary": urls.primary, "fallback": urls.fallback}
    audit.record(by=by, action="application.asked_sinch", subject=application, data=data)


def set_callbacks(*, by: User | None, application: Application, fallback: str = "") -> None:
    """Have Sinch send the application's callbacks here. Raises ApiError; then nothing has changed."""
    urls = CallbackUrls(callback_url(), fallback)
    with client_for(application) as client:
        client.set_callbacks(urls)
    with transaction.atomic():
        lock(application)
        before = application.sinch_callback_url
        application.asked_sinch_at, application.sinch_problem = timezone.now(), ""
        application.sinch_callback_url, application.sinch_fallback_url = urls.primary, urls.fallback
        application.save(update_fields=["asked_sinch_at", "sinch_problem", "sinch_callback_url", "sinch_fallback_url"])
        data = {"primary": [before, urls.primary], "fallback": urls.fallback}
        audit.record(by=by, action="application.callbacks_set", subject=application, data=data)


def numbers_at_sinch(application: Application) -> list[Number]:
    """The account's numbers that can be called, those of this application first. Raises ApiError."""
    with client_for(application) as client:
        found = [number for number in client.numbers() if number.capability != "sms" and digits(number.number)]
    return sorted(found, key=lambda number: (number.application_key != application.key, number.number))


def import_numbers(*, by: User | None, application: Application, numbers: Sequence[Imported], assign: bool) -> int:
    """Make numbers known here; with `assign` first have Sinch send their calls to this application. Raises ApiError."""
    if assign and numbers:
        with client_for(application) as client:
            client.assign_numbers([f"+{number.digits}" for number in numbers])
    return store_numbers(by=by, application=application, numbers=numbers)


@transaction.atomic
def store_numbers(*, by: User | None, application: Application, numbers: Iterable[Imported]) -> int:
    """Make numbers known here, all or none; those that are known already are left as they are. Returns how many."""
    known = set(PhoneNumber.objects.in_use().values_list("digits", flat=True))
    new = {number.digits: number for number in numbers if number.digits not in known}
    for number in new.values():
        create_number(
            by=by, digits=number.digits, application=application, team=number.team, label=number.label,
            policy=number.policy,
        )  # fmt: skip
    return len(new)


@transaction.atomic
def finish_rotation(*, by: User | None, application: Application) -> None:
    """Make the second secret the first, with which we sign, and forget the old one. ValueError without a second."""
    lock(application)
    if not application.second_secret:
        raise ValueError("There is no second secret.")
    ring = Keyring.parse(settings.CREDENTIALS_KEYS)
    secret = ring.open(application.second_secret, application.context("second_secret"))
    before = application.secret_fingerprint
    application.secret = ring.seal(secret, application.context("secret"))
    application.secret_fingerprint = application.second_secret_fingerprint
    application.second_secret = application.second_secret_fingerprint = ""
    application.save(update_fields=["secret", "secret_fingerprint", "second_secret", "second_secret_fingerprint"])
    bump_revision()
    data = {"fingerprint": [before, application.secret_fingerprint]}
    audit.record(by=by, action="application.secret_rotated", subject=application, data=data)


@transaction.atomic
def set_relay(*, by: User | None, application: Application, mode: str, url: str, timeout_ms: int) -> Approval | None:
    """Choose whether we answer or relay, to which upstream, and how long a call may wait for it.

    It may need a second admin: then the request is returned.
    """
    lock(application)
    names = ("callback_mode", "upstream_url", "upstream_timeout_ms")
    before = {name: getattr(application, name) for name in names}
    waits, at_once = four_eyes.hold_back(by, application, dict(zip(names, (mode, url, timeout_ms), strict=True)))
    for name, value in at_once.items():
        setattr(application, name, value)
    application.save(update_fields=list(at_once))
    after = {name: getattr(application, name) for name in names}
    changes = {name: [before[name], after[name]] for name in names if before[name] != after[name]}
    if changes:
        bump_revision()
        audit.record(by=by, action="application.relay_changed", subject=application, data=changes)
    return waits


def note_callback(*, application_id: int, at: datetime) -> None:
    """Keep that a signed callback came: the first one, and about when the last one did. Not audited: nobody acted."""
    stale = Q(last_callback_at=None) | Q(last_callback_at__lt=at - LAST_SEEN_EVERY)
    Application.objects.filter(stale, pk=application_id).update(
        first_callback_at=Coalesce(F("first_callback_at"), at), last_callback_at=at
    )


def note_wrong_signatures(*, application_id: int, times: int, at: datetime, path: str) -> None:
    """Count callbacks whose signature did not match; `path` is the one that the last was signed for, "" if unknown."""
    Application.objects.filter(pk=application_id).update(
        wrong_signatures=F("wrong_signatures") + times, wrong_signature_at=at, wrong_signature_path=path[:200]
    )
