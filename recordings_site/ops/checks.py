"""Checks of the settings for production: it does not start without its own secrets."""

from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import urlsplit

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.core.exceptions import ImproperlyConfigured
from django.db import connection

from recordings_site.accounts.models import Role
from recordings_site.destinations.models import Destination
from recordings_site.destinations.sealing import Keyring, SealingError
from recordings_site.ops.retention.kinds import MIN_DAYS
from recordings_site.policies.engine.snapshot_copies import fetch as snapshot_fetch

THIS_MACHINE = ("127.0.0.1", "localhost", "::1")
RANDOM = "Create one with: openssl rand -base64 50"
RING = 'Create one with: echo "k1:$(openssl rand -base64 32)"'


def is_production() -> bool:
    """Return whether others can reach this installation: it is not a demo, or its address is not local."""
    return not settings.DEMO or urlsplit(settings.PUBLIC_URL).hostname not in THIS_MACHINE


@register(Tags.security)
def check_secrets(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> Iterable[CheckMessage]:
    """Return what is missing from the settings of a production, with remedies. A local demo needs nothing."""
    return [*_problems()] if is_production() else []


def _problems() -> Iterable[CheckMessage]:
    key = secret_key()
    if not key:
        yield Error("SECRET_KEY is missing.", hint=RANDOM, id="ops.E001")
    elif key == settings.DEMO_SECRET_KEY:
        yield Error("SECRET_KEY is the demo’s, which is public.", hint=RANDOM, id="ops.E002")
    elif is_weak(key):
        yield Error("SECRET_KEY can be guessed. Use at least 50 random characters.", hint=RANDOM, id="ops.E010")
    if key and key != settings.AUDIT_KEY and is_weak(settings.AUDIT_KEY):
        yield Error("AUDIT_KEY can be guessed. Use at least 50 random characters.", hint=RANDOM, id="ops.E011")
    if settings.DEMO_SECRET_KEY in (settings.AUDIT_KEY, *settings.SECRET_KEY_FALLBACKS, *settings.AUDIT_KEY_FALLBACKS):
        yield Error("The keys include the demo’s key, which is public.", hint=RANDOM, id="ops.E012")
    if not settings.DATABASE_CHOSEN:
        hint = "postgresql://user:password@host/name, or sqlite:///path for one machine."
        yield Error("DATABASE_URL is missing.", hint=hint, id="ops.E013")
    if not settings.CREDENTIALS_KEYS:
        yield Error("CREDENTIALS_KEYS is missing.", hint=RING, id="ops.E003")
    else:
        yield from _key_ring_problems()
    if not settings.PUBLIC_URL:
        hint = "The address at which people and Sinch reach the site, such as https://recordings.example.com"
        yield Error("PUBLIC_URL is missing.", hint=hint, id="ops.E006")
    elif urlsplit(settings.PUBLIC_URL).scheme not in ("http", "https") or not urlsplit(settings.PUBLIC_URL).hostname:
        hint = "Use https://host."
        yield Error(f"PUBLIC_URL isn’t a web address: {settings.PUBLIC_URL}", hint=hint, id="ops.E007")
    yield from _role_problems()
    yield from _single_sign_on_problems()
    if settings.AUDIO_STREAMS >= settings.WEB_THREADS:
        hint = (
            "Audio playback could use every thread, leaving none for pages. Lower AUDIO_STREAMS or raise WEB_THREADS."
        )
        yield Error("AUDIO_STREAMS is not below WEB_THREADS.", hint=hint, id="ops.E009")
    yield from _snapshot_problems()
    yield from _retention_problems()


def _snapshot_problems() -> Iterable[CheckMessage]:
    token, url = settings.SNAPSHOT_TOKEN, settings.SNAPSHOT_URL
    if token and len(token) < snapshot_fetch.MIN_TOKEN:
        hint = "Create one with: openssl rand -hex 32"
        yield Error(f"SNAPSHOT_TOKEN is shorter than {snapshot_fetch.MIN_TOKEN} characters.", hint=hint, id="ops.E016")
    if url and (problem := snapshot_fetch.problem_of(url, token, allowed=settings.ADDRESSES_ALLOWED)):
        yield Error(problem, hint="Enter another node’s /snapshot address, or leave it empty.", id="ops.E017")


def _role_problems() -> Iterable[CheckMessage]:
    for name in ("TWO_STEP_ROLES", "SESSION_IDLE_MINUTES", "SESSION_HOURS"):
        if unknown := set(getattr(settings, name)) - set(Role.values):
            hint = f"Valid roles: {', '.join(Role.values)}."
            yield Error(f"{name} contains unknown roles: {', '.join(sorted(unknown))}.", hint=hint, id="ops.E014")
    if min(*settings.SESSION_IDLE_MINUTES.values(), *settings.SESSION_HOURS.values()) < 1:
        hint = "SESSION_IDLE_MINUTES and SESSION_HOURS must be 1 or more."
        yield Error("A session of zero length lets no one in.", hint=hint, id="ops.E015")


def _retention_problems() -> Iterable[CheckMessage]:
    for name in ("KEEP_CALLBACKS_DAYS", "KEEP_DECISIONS_DAYS"):
        days = getattr(settings, name)
        if days is not None and days < MIN_DAYS:
            hint = "Calls that are late or repeated still need them. Leave it empty to keep them forever."
            yield Error(f"{name} is {days}. The minimum is {MIN_DAYS}.", hint=hint, id="ops.E018")


def _single_sign_on_problems() -> Iterable[CheckMessage]:
    if unknown := set(settings.OIDC_ROLES.values()) - set(Role.values):
        hint = f"Valid roles: {', '.join(Role.values)}."
        yield Error(f"OIDC_ROLES contains unknown roles: {', '.join(sorted(unknown))}.", hint=hint, id="ops.E016")
    if settings.OIDC_ONLY and not settings.OIDC_SERVER_URL:
        hint = "Set OIDC_SERVER_URL, or no one can sign in."
        yield Error("OIDC_ONLY is set without a provider.", hint=hint, id="ops.E017")


def is_weak(key: str) -> bool:
    """Whether a key is shorter, or less mixed, than a random one of 50 characters."""
    return len(key) < 50 or len(set(key)) < 10


def _key_ring_problems() -> Iterable[CheckMessage]:
    try:
        ring = Keyring.parse(settings.CREDENTIALS_KEYS)
    except SealingError as error:
        yield Error(str(error), hint=RING, id="ops.E004")
        return
    known_to_all = set(Keyring.parse(settings.DEMO_CREDENTIALS_KEYS).keys.values())
    if known_to_all & set(ring.keys.values()):
        yield Error("CREDENTIALS_KEYS contains the demo’s key, which is public.", hint=RING, id="ops.E005")


def secret_key() -> str:
    """Return the setting SECRET_KEY, "" when it is not set."""
    try:
        return str(settings.SECRET_KEY)
    except ImproperlyConfigured:  # Django's own error has no remedy
        return ""


@register(Tags.security, deploy=True)
def check_production_access(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Return warnings: settings with which a production starts, but that should be changed."""
    found: list[CheckMessage] = []
    if urlsplit(settings.PUBLIC_URL).scheme == "http":
        found.append(Warning("PUBLIC_URL is not https, so others can read the traffic.", id="ops.W001"))
    if settings.MAIL_TRANSPORT == "django.core.mail.backends.console.EmailBackend":
        hint = "Set EMAIL_URL, such as smtp+tls://user:password@mail.example.com:587"
        found.append(
            Warning(
                "Email is printed to the console instead of sent, so passwords can’t be reset by email.",
                hint=hint,
                id="ops.W002",
            )
        )
    if settings.DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
        hint = "Set DATABASE_URL to PostgreSQL. With SQLite only one process at a time can write, on one machine."
        found.append(Warning("The database is SQLite.", hint=hint, id="ops.W003"))
    return found


@register(Tags.database)
def check_local_destinations(
    app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """Return warnings about local folders as destinations: Sinch cannot write there."""
    if not databases or not is_production() or Destination._meta.db_table not in connection.introspection.table_names():
        return []
    local = Destination.objects.for_the_demo()
    hint = "Archive it and give its numbers another destination."
    return [
        Error(f"Destination {name!r} is a folder on this machine.", hint=hint, id="ops.E008")
        for name in local.values_list("name", flat=True)
    ]


def exit_if_misconfigured() -> None:
    """Exit with a message if a production misses a setting: for processes that run no system checks."""
    if problems := check_secrets(None):
        lines = [f"  {problem.msg} {problem.hint or ''}".rstrip() for problem in problems]
        raise SystemExit("\n".join(("The settings are not safe for production:", *lines)))
