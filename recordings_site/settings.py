"""Every setting, read from the environment; `NAME_FILE` names a file that holds the value of `NAME`."""

import warnings
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured
from environ.fileaware_mapping import FileAwareMapping

from recordings_site.base import machine
from recordings_site.web.logs import log_format

PACKAGE_DIR = Path(__file__).resolve().parent
# A wheel carries templates and static files inside the package, a checkout beside it.
IS_INSTALLED = (PACKAGE_DIR / "templates").is_dir()
ASSETS_DIR = PACKAGE_DIR if IS_INSTALLED else PACKAGE_DIR.parent


class _Files(FileAwareMapping):  # type: ignore[misc]
    """The environment, or the files that it names, without the line's end that editors and `echo` put there."""

    def __getitem__(self, key: str) -> str:
        return str(super().__getitem__(key)).rstrip("\r\n")


class _Environment(environ.Env):  # type: ignore[misc]
    ENVIRON = _Files()

    def database(self, name: str, default: str) -> dict[str, Any]:
        """The database at an address. Raises ImproperlyConfigured, without the address: it holds a password."""
        example = "Use postgresql://user:password@host/name, or sqlite:///path for one machine."
        try:
            with warnings.catch_warnings(action="ignore"):  # they show the address whole
                found: dict[str, Any] = self.db_url(name, default=default)
            engine = str(found.get("ENGINE", "")).removeprefix("django.db.backends.")
            known = engine in ("postgresql", "sqlite3") and bool(found.get("NAME") or found.get("OPTIONS"))
        except ValueError:
            known = False
        if not known:
            raise ImproperlyConfigured(f"{name} isn’t a valid database URL. {example}")
        return found

    def site(self, name: str, default: str) -> str:
        """The address of a site, without a slash at its end; "" where none is given. Raises ImproperlyConfigured."""
        found = str(self.str(name, default=default)).rstrip("/")
        try:
            parts = urlsplit(found)
            whole = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
        except ValueError:
            whole = False
        if found and not whole:
            raise ImproperlyConfigured(f"{name} isn’t a valid site URL. Use https://recordings.example.com.")
        return found


env = _Environment()

# --- What kind of installation ------------------------------------------------------------------------------------
# DEMO fills in secrets that everybody knows, so that `make run` needs no configuration. Production checks refuse them.
DEMO: bool = env.bool("DEMO", default=False)
DEBUG: bool = env.bool("DEBUG", default=False)
# An installation never writes beside its code: then it is a folder of the directory in which the command was given.
DATA_DIR = Path(env.str("DATA_DIR", default=str((Path.cwd() if IS_INSTALLED else PACKAGE_DIR.parent) / "var")))
DEMO_SECRET_KEY = "demo-secret-key-known-to-everybody-never-use-it-in-production"  # noqa: S105 - refused outside the demo
DEMO_CREDENTIALS_KEYS = "demo:ZGVtby1jcmVkZW50aWFscy1rZXktMzItYnl0ZXMhISE="
SECRET_KEY: str = env.str("SECRET_KEY", default=DEMO_SECRET_KEY if DEMO else "")
# Keys that were SECRET_KEY before, newest first: what they signed stays good, so nobody is signed out by a new one.
SECRET_KEY_FALLBACKS: list[str] = env.list("SECRET_KEY_FALLBACKS", default=[])
# Key ring "id:base64,id:base64": the first seals, all open. Each key is 32 bytes.
CREDENTIALS_KEYS: str = env.str("CREDENTIALS_KEYS", default=DEMO_CREDENTIALS_KEYS if DEMO else "")
PUBLIC_URL: str = env.site("PUBLIC_URL", default="http://127.0.0.1:8000" if DEMO else "")
_public = urlsplit(PUBLIC_URL)
ALLOWED_HOSTS: list[str] = env.list(
    "ALLOWED_HOSTS",
    default=[*([_public.hostname] if _public.hostname else []), *(["127.0.0.1", "localhost", "[::1]"] if DEMO else [])],
)
CSRF_TRUSTED_ORIGINS: list[str] = [PUBLIC_URL] if PUBLIC_URL else []

# --- Applications -------------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "csp",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "recordings_site.accounts.sessions.apps.QuietUserSessionsConfig",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "django.contrib.humanize",  # allauth's pages of security keys load it
    "recordings_site.accounts",
    "recordings_site.tasks",
    "recordings_site.destinations",
    "recordings_site.policies",
    "recordings_site.calls",
    "recordings_site.recordings",
    "recordings_site.callbacks",
    "recordings_site.simulator",
    "recordings_site.ops",
]
MIDDLEWARE = [
    "recordings_site.ops.measuring.measured",
    "recordings_site.ops.probes.middleware.health_first",
    "django.middleware.security.SecurityMiddleware",
    "recordings_site.web.headers.same_origin_only",
    "recordings_site.callbacks.middleware.callbacks_first",
    "recordings_site.web.middleware.connections_by_address",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "recordings_site.web.headers.nothing_is_stored",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "recordings_site.accounts.middleware.audit_address",
    "recordings_site.accounts.middleware.person_time_zone",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "recordings_site.accounts.sessions.middleware.lasting_sessions_only",
    "recordings_site.accounts.two_step.middleware.two_step_first",
    "recordings_site.recordings.middleware.merged_recordings",
]
ROOT_URLCONF = "recordings_site.urls"
WSGI_APPLICATION = "recordings_site.wsgi.application"
APPEND_SLASH = True
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ASSETS_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "recordings_site.accounts.navigation.shell",
            ],
            # Icons, states, times and the like are words of every page: no page loads them by name.
            "builtins": ["recordings_site.web.templatetags.site"],
        },
    },
]

# --- Size ---------------------------------------------------------------------------------------------------------
_cores = machine.cores()
# Processes of gunicorn, and requests that each answers at a time.
WEB_PROCESSES: int = env.int("WEB_PROCESSES", default=machine.processes(_cores))
WEB_THREADS: int = env.int("WEB_THREADS", default=machine.threads(_cores))

# --- Database -----------------------------------------------------------------------------------------------------
DATABASES: dict[str, dict[str, Any]] = {
    "default": env.database("DATABASE_URL", default=f"sqlite:///{DATA_DIR / 'recordings.sqlite3'}")
}
# Outside the demo a database is never one that merely happens to be there.
DATABASE_CHOSEN: bool = bool(env.str("DATABASE_URL", default=""))
SQLITE = DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3"
if SQLITE:
    try:
        DATA_DIR.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        problem = f"DATA_DIR ({DATA_DIR}) can’t be created: {error.strerror}. Choose a writable folder."
        raise ImproperlyConfigured(problem) from None
    # Rollback journal, not WAL: SQLite 3.7.0 to 3.51.2 can corrupt a WAL database that several connections reset.
    # IMMEDIATE: a transaction that will write waits for its turn at its start, instead of failing half way.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=TRUNCATE; PRAGMA synchronous=FULL;",
    }
else:
    DATABASES["default"]["ENGINE"] = "recordings_site.web.postgresql"
    # A pooler in front may give each query another session: cursors of the server would be gone. What does not fit into
    # memory is read in batches (web.keyset), and nothing else outlives its transaction.
    DATABASES["default"]["DISABLE_SERVER_SIDE_CURSORS"] = True
    # Never CONN_MAX_AGE: hundreds of streaming threads would each keep a connection. A pool is shared by all. Who asks
    # it for a connection tries to connect: the pool itself would try ever more rarely while the server is away, and
    # calls be unrecorded for as long again as that lasted. What DATABASE_URL adds (?sslmode=require) is kept.
    _options = DATABASES["default"].setdefault("OPTIONS", {})
    _options.setdefault("connect_timeout", env.int("DATABASE_CONNECT_SECONDS", default=2))
    _wait = env.float("DATABASE_POOL_SECONDS", default=0.5)
    _options["pool"] = {"min_size": 0, "timeout": _wait, "reconnect_timeout": 0}
# Connections of a process, by what they are for (web.connections): whoever exhausts one pool leaves the others alone.
DATABASE_POOL_SIZE: int = env.int("DATABASE_POOL_SIZE", default=machine.pool_size(_cores))
# Seconds after which PostgreSQL ends a statement of a page, 0 for never. A pooler refuses to be asked for it: set it
# for the role then.
DATABASE_STATEMENT_SECONDS: int = env.int("DATABASE_STATEMENT_SECONDS", default=20)
DATABASE_POOLER: bool = env.bool("DATABASE_POOLER", default=False)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# Failed sign-ins and used codes count for all processes of all machines. Nothing else is cached here.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cache",
        # Django keeps 300 and then drops any third: who fails at many names would be forgiven at one.
        "OPTIONS": {"MAX_ENTRIES": 10_000},
    }
}

# --- People -------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
# Keys the chain of audit rows. A key of its own survives a change of SECRET_KEY: else old rows no longer verify.
AUDIT_KEY: str = env.str("AUDIT_KEY", default=SECRET_KEY)
# Keys that were AUDIT_KEY before, newest first: older rows verify by them.
AUDIT_KEY_FALLBACKS: list[str] = env.list(
    "AUDIT_KEY_FALLBACKS", default=[] if AUDIT_KEY != SECRET_KEY else SECRET_KEY_FALLBACKS
)
# Where the signed head of the audit trail is kept each day, outside of the database: a file, best on another machine,
# a destination by its name, and an address that it is mailed to.
AUDIT_ANCHOR_FILE: str = env.str("AUDIT_ANCHOR_FILE", default=str(DATA_DIR / "audit-anchors.jsonl"))
AUDIT_ANCHOR_DESTINATION: str = env.str("AUDIT_ANCHOR_DESTINATION", default="")
AUDIT_ANCHOR_EMAIL: str = env.str("AUDIT_ANCHOR_EMAIL", default="")
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "recordings_site.accounts.sign_in.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = "Call recordings: "
ACCOUNT_LOGIN_ON_PASSWORD_RESET = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_REAUTHENTICATION_REQUIRED = True
# Seconds after which somebody is asked again who they are before they change secrets, people or keys.
ACCOUNT_REAUTHENTICATION_TIMEOUT: int = env.int("FRESH_SIGN_IN_MINUTES", default=15) * 60
# Failed sign-ins and codes are counted by accounts.sign_in.guessing.
ACCOUNT_RATE_LIMITS = {"login": "30/m/ip", "login_failed": None, "reset_password": "20/m/ip,3/m/key"}
ACCOUNT_FORMS = {"reset_password": "recordings_site.accounts.sign_in.forms.ForgottenPasswordForm"}
# Minutes without a request, and hours since signing in, after which somebody has to sign in again.
SESSION_IDLE_MINUTES: dict[str, int] = {"support": 60, "supervisor": 60, "admin": 30, "auditor": 30} | {
    role: int(minutes) for role, minutes in env.dict("SESSION_IDLE_MINUTES", default={}).items()
}
SESSION_HOURS: dict[str, int] = {"support": 12, "supervisor": 12, "admin": 12, "auditor": 12} | {
    role: int(hours) for role, hours in env.dict("SESSION_HOURS", default={}).items()
}
SESSION_COOKIE_AGE = max(SESSION_HOURS.values()) * 3600
# Roles whose people get no page before they have set up two-step verification.
TWO_STEP_ROLES: list[str] = env.list("TWO_STEP_ROLES", default=[])
MFA_FORMS = {
    "authenticate": "recordings_site.accounts.sign_in.forms.SignInCodeForm",
    "reauthenticate": "recordings_site.accounts.sign_in.forms.ConfirmCodeForm",
}
MFA_ADAPTER = "recordings_site.ops.mfa_adapter.SealingMFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Call recordings"
# Addresses are set by admins, not proven by their owners.
MFA_ALLOW_UNVERIFIED_EMAIL = True
# A browser allows passkeys on http only for localhost: the demo's address and tests.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = _public.scheme == "http"
# Single sign-on by OpenID Connect finds the invited account by the address that the provider has verified.
SOCIALACCOUNT_ADAPTER = "recordings_site.accounts.single_sign_on.adapter.SocialAccountAdapter"
SOCIALACCOUNT_EMAIL_AUTHENTICATION = True
SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT = True
SOCIALACCOUNT_ONLY = False
OIDC_SERVER_URL: str = env.str("OIDC_SERVER_URL", default="")
OIDC_CLIENT_ID: str = env.str("OIDC_CLIENT_ID", default="")
OIDC_CLIENT_SECRET: str = env.str("OIDC_CLIENT_SECRET", default="")
OIDC_NAME: str = env.str("OIDC_NAME", default="single sign-on")
OIDC_SCOPES: list[str] = env.list("OIDC_SCOPES", default=["openid", "profile", "email"])
# Nobody signs in otherwise, but for `manage.py break_glass`.
OIDC_ONLY: bool = env.bool("OIDC_ONLY", default=False)
# What the provider's groups stand for: "group=role", "group=team". Without roles admins set them here.
OIDC_GROUPS_CLAIM: str = env.str("OIDC_GROUPS_CLAIM", default="groups")
OIDC_ROLES: dict[str, str] = env.dict("OIDC_ROLES", default={})
OIDC_TEAMS: dict[str, str] = env.dict("OIDC_TEAMS", default={})
SOCIALACCOUNT_PROVIDERS: dict[str, Any] = {"openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": []}}
if OIDC_SERVER_URL:
    SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"].append(
        {
            "provider_id": "oidc",
            "name": OIDC_NAME,
            "client_id": OIDC_CLIENT_ID,
            "secret": OIDC_CLIENT_SECRET,
            "settings": {
                "server_url": OIDC_SERVER_URL,
                "token_auth_method": "client_secret_basic",
                "scope": OIDC_SCOPES,
            },
        }
    )

# --- Email -------------------------------------------------------------------------------------------------------
vars().update(env.email_url("EMAIL_URL", default="consolemail://"))
# A worker sends what the site's own backend has kept: no request waits for a mail server.
MAIL_TRANSPORT: str = vars()["EMAIL_BACKEND"]
EMAIL_BACKEND = "recordings_site.accounts.mail.backend.QueueBackend"
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL: str = env.str("DEFAULT_FROM_EMAIL", default="recordings@localhost")

# --- Language and time --------------------------------------------------------------------------------------------
LANGUAGE_CODE = "en"
TIME_ZONE: str = env.str("TIME_ZONE", default="UTC")
USE_I18N = False
USE_TZ = True

# --- Static files -------------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATICFILES_DIRS = [ASSETS_DIR / "static"]
STATIC_ROOT = Path(env.str("STATIC_ROOT", default=str(DATA_DIR / "staticfiles")))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "recordings_site.web.static_files.HashedStaticFiles"},
}

# --- Security -----------------------------------------------------------------------------------------------------
_https = _public.scheme == "https"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _https
SESSION_COOKIE_HTTPONLY = True
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.bool("BEHIND_PROXY", default=False) else None
# How many proxies in front of us may be believed about the client's address.
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if SECURE_PROXY_SSL_HEADER else 0
SECURE_SSL_REDIRECT = _https and SECURE_PROXY_SSL_HEADER is not None
SECURE_HSTS_SECONDS = 31536000 if _https else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = _https
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "media-src": ["'self'"],
        "connect-src": ["'self'"],
        "font-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}

# --- Sinch --------------------------------------------------------------------------------------------------------
# The path that Sinch signs: that of the callback URL as configured at Sinch, which a proxy may rewrite before us.
CALLBACK_PATH: str = env.str("CALLBACK_PATH", default="/callbacks/sinch/")
# Seconds that a callback's x-timestamp may lie from our clock before it is stale. Sinch publishes no tolerance.
CALLBACK_MAX_AGE: int = env.int("CALLBACK_MAX_AGE", default=300)
# Base URLs of Sinch's REST API; empty means Sinch's own hosts, that of the application's region for calls.
SINCH_CALLING_URL: str = env.str("SINCH_CALLING_URL", default="").rstrip("/")
SINCH_CONFIGURATION_URL: str = env.str("SINCH_CONFIGURATION_URL", default="").rstrip("/")
# Which form of a path is signed in a request to Sinch matters for ids with blanks and the like; its SDKs differ.
SINCH_SIGN_DECODED_PATHS: bool = env.bool("SINCH_SIGN_DECODED_PATHS", default=False)
# Threads in which a process does its callbacks' database work, each waited for at most a second. 0: in the request's
# own thread, without a deadline, which is for tests alone.
CALLBACK_THREADS: int = env.int("CALLBACK_THREADS", default=1 if SQLITE else 8)
DATABASE_POOLS: dict[str, int] = {
    "work": DATABASE_POOL_SIZE,
    "pages": DATABASE_POOL_SIZE,
    "sign_in": 4,
    "health": 2,
    "callbacks": max(1, CALLBACK_THREADS),
}

# --- Policies -----------------------------------------------------------------------------------------------------
# A second admin has to approve a version before it is in force.
POLICY_APPROVAL: bool = env.bool("POLICY_APPROVAL", default=False)
# The sealed file from which calls are answered while the database is down: routes and secrets, no storage credentials.
SNAPSHOT_FILE: str = env.str("SNAPSHOT_FILE", default=str(DATA_DIR / "snapshot.sealed"))
# Whoever brings it as "Authorization: Bearer …" may fetch that from /snapshot; empty: nobody.
SNAPSHOT_TOKEN: str = env.str("SNAPSHOT_TOKEN", default="")
# From where a node fetches it that starts without a database, and the fallback: another node's /snapshot.
SNAPSHOT_URL: str = env.str("SNAPSHOT_URL", default="")

# --- Stores and audio ---------------------------------------------------------------------------------------------
# Where local://<folder>/<key> lives; for the demo and tests only.
LOCAL_STORE_ROOT = Path(env.str("LOCAL_STORE_ROOT", default=str(DATA_DIR / "store")))
# stream: the bytes pass through Django. accel: nginx fetches a signed store URL.
AUDIO_DELIVERY: str = env.str("AUDIO_DELIVERY", default="stream")
# Listeners that one process serves at a time; below its number of threads, so that pages are still answered.
AUDIO_STREAMS: int = env.int("AUDIO_STREAMS", default=WEB_THREADS - 32)

# --- Recordings ---------------------------------------------------------------------------------------------------
# Minutes after a call's end until its recording, and the recording's transcript, is called late, then missing.
# File formats of recordings, besides mp3 and wav, that Sinch came to document.
RECORDING_FORMATS: list[str] = env.list("RECORDING_FORMATS", default=[])
LATE_AFTER_MINUTES: int = env.int("LATE_AFTER_MINUTES", default=10)
MISSING_AFTER_MINUTES: int = env.int("MISSING_AFTER_MINUTES", default=24 * 60)
# Percent of a number's recordings of a day that should be there and whole; below, the admins are alerted.
COMPLETENESS_TARGET: float = env.float("COMPLETENESS_TARGET", default=99.0)
TRANSCRIPT_LATE_AFTER_MINUTES: int = env.int("TRANSCRIPT_LATE_AFTER_MINUTES", default=60)


# --- Retention of what is the site's alone ---------------------------------------------------------------------------
def _days(name: str, text: str) -> int | None:
    """Read a number of days; None, for ever, for nothing."""
    if text and not text.isdecimal():
        raise ImproperlyConfigured(
            f"{name} is {text!r}: enter a number of days, or leave it empty to keep them forever."
        )
    return int(text) if text else None


KEEP_CALLBACKS_DAYS: int | None = _days("KEEP_CALLBACKS_DAYS", env.str("KEEP_CALLBACKS_DAYS", default=""))
KEEP_DECISIONS_DAYS: int | None = _days("KEEP_DECISIONS_DAYS", env.str("KEEP_DECISIONS_DAYS", default=""))
# Done tasks, to find out what happened; sessions, after they have expired.
KEEP_TASKS_DAYS: int | None = _days("KEEP_TASKS_DAYS", env.str("KEEP_TASKS_DAYS", default="7"))
KEEP_SESSIONS_DAYS: int | None = _days("KEEP_SESSIONS_DAYS", env.str("KEEP_SESSIONS_DAYS", default="0"))

# --- Where the site connects --------------------------------------------------------------------------------------
# Hosts that people may enter though they are in a private network, or speak http: "host" or "host:port".
ADDRESSES_ALLOWED: list[str] = env.list("ADDRESSES_ALLOWED", default=[])

# --- Watching over it ----------------------------------------------------------------------------------------------
# Whoever brings it as "Authorization: Bearer …" may read /metrics; empty: nobody.
METRICS_TOKEN: str = env.str("METRICS_TOKEN", default="")
LOG_FORMAT: str = env.str("LOG_FORMAT", default="text")
LOGGING = log_format.configuration(LOG_FORMAT, env.str("LOG_LEVEL", default="INFO"))
