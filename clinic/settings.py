"""All settings. The environment decides what differs between machines; `.env` fills in what it does not say.

Nonsense stops the start with a sentence that says what to do. `.env.example` lists every variable.
"""

import base64
import binascii
import os
import sys
from pathlib import Path
from urllib.parse import urlsplit

import dj_database_url
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = BASE_DIR / "var"
LOOPBACK = {"127.0.0.1", "localhost", "::1"}


def read_env_file(path: Path) -> None:
    """Put NAME=value lines of `path` into the environment. What is already set there wins."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return
    except (OSError, UnicodeDecodeError) as error:
        raise ImproperlyConfigured(f"{path} cannot be read ({error}). Make it a readable UTF-8 text file.") from None
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        name, equals, value = line.partition("=")
        if not equals or not name.strip().isidentifier():
            raise ImproperlyConfigured(f"{path}, line {number}: write NAME=value.")
        os.environ.setdefault(name.strip(), value.strip())


def env(name: str, default: str | None = None) -> str:
    """The text of an environment variable; an empty one counts as unset. Without a default it is required."""
    value = os.environ.get(name) or default
    if value is None:
        raise ImproperlyConfigured(f"{name} is not set. `make run` writes a .env with it; .env.example explains it.")
    return value


def env_flag(name: str, default: bool = False) -> bool:
    """An on-off variable: 1 or 0, nothing else."""
    value = env(name, "1" if default else "0")
    if value not in {"0", "1"}:
        raise ImproperlyConfigured(f"{name} is {value!r}. Write 1 for yes or 0 for no.")
    return value == "1"


def env_number(name: str, default: int, low: int, high: int) -> int:
    """A whole number between `low` and `high`."""
    value = env(name, str(default))
    if not (value.isascii() and value.isdigit() and low <= int(value) <= high):
        raise ImproperlyConfigured(f"{name} is {value!r}. Write a whole number from {low} to {high}.")
    return int(value)


def env_list(name: str, default: str = "") -> list[str]:
    """Comma-separated words."""
    return [word.strip() for word in env(name, default).split(",") if word.strip()]


def env_keys(name: str) -> dict[str, bytes]:
    """`id:base64,id:base64` as {id: 32 bytes}, in order. The first key encrypts, every key decrypts."""
    keys = {}
    for part in env_list(name, env(name)):
        key_id, colon, encoded = part.partition(":")
        try:
            key = base64.b64decode(encoded, validate=True)
        except binascii.Error:
            key = b""
        if not colon or not (key_id.isascii() and key_id.isalnum()) or len(key) != 32 or key_id in keys:
            raise ImproperlyConfigured(
                f"{name} must be id:key,id:key with ids of letters and digits and base64 keys of 32 bytes."
            )
        keys[key_id] = key
    return keys


read_env_file(Path(os.environ.get("ENV_FILE", BASE_DIR / ".env")))

# Where the site lives. SITE_URL alone builds links in mail, canonical addresses and the sitemap.
SITE_URL = env("SITE_URL", "http://127.0.0.1:8000").rstrip("/")
try:
    _site = urlsplit(SITE_URL)
    SITE_HOST, _port = _site.hostname or "", _site.port
except ValueError:
    raise ImproperlyConfigured(f"SITE_URL is {SITE_URL!r}. Write it like https://www.example.org") from None
_more = _site.path or _site.query or _site.fragment or _site.username
if _site.scheme not in {"http", "https"} or not SITE_HOST or _more:
    raise ImproperlyConfigured(f"SITE_URL is {SITE_URL!r}. Write it like https://www.example.org")
HTTPS = _site.scheme == "https"
ON_LOOPBACK = SITE_HOST in LOOPBACK
if not HTTPS and not ON_LOOPBACK:
    raise ImproperlyConfigured("SITE_URL must begin with https:// (plain http is for this machine alone, 127.0.0.1).")
_hosts = [SITE_HOST, *env_list("EXTRA_HOSTS"), *(sorted(LOOPBACK - {SITE_HOST}) if ON_LOOPBACK else [])]
# An IPv6 address stands in brackets in a Host header, and is compared as it stands there.
ALLOWED_HOSTS = [f"[{host}]" if ":" in host and not host.startswith("[") else host for host in _hosts]

DEBUG = env_flag("DEBUG")
SECRET_KEY = env("SECRET_KEY")
if len(SECRET_KEY) < 50:
    raise ImproperlyConfigured("SECRET_KEY is shorter than 50 characters. `make run` writes a long random one.")
SECRET_KEY_FALLBACKS = env_list("OLD_SECRET_KEYS")
FIELD_KEYS = env_keys("FIELD_KEYS")  # encrypt what names a person or tells about health
SEARCH_KEY = next(iter(env_keys("SEARCH_KEY").values()))  # keyed hashes: find an encrypted value by exact match
RELEASE = env("RELEASE", "dev")  # part of every public page's ETag; a deployment sets its own
EMIT_SNOMED = env_flag("EMIT_SNOMED")  # SNOMED CT needs a license in some countries
RETENTION_DAYS = env_number("RETENTION_DAYS", 365, low=1, high=36500)  # after closing; the clinic and its counsel say
SPAM_RETENTION_DAYS = env_number("SPAM_RETENTION_DAYS", 30, low=1, high=36500)
AUTHOR_MAY_EDIT = env_flag("AUTHOR_MAY_EDIT")  # who wrote a page may also pass its editorial review; never approve it

# What a process that has never reached the database may still say on an error page.
FALLBACK_CLINIC_NAME = env("FALLBACK_CLINIC_NAME", "The clinic")
FALLBACK_PHONE = env("FALLBACK_PHONE", "")
FALLBACK_EMERGENCY_NUMBER = env("FALLBACK_EMERGENCY_NUMBER", "")

INSTALLED_APPS = [
    "clinic.apps.ClinicConfig",
    "therapies",
    "inquiries",
    "clinic.apps.ClinicAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.forms",
    "axes",
    "crispy_forms",
    "crispy_bootstrap5",
]

# Headers come first so that they hold on every status and every file. Public pages are answered before
# anything that could touch a session, so they never set a cookie or vary on one.
MIDDLEWARE = [
    "clinic.middleware.RequestId",
    "clinic.middleware.SecurityHeaders",
    "clinic.public_bytes.PrivateByDefault",
    "django.middleware.security.SecurityMiddleware",
    "clinic.middleware.RefuseHostileAddress",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "clinic.public_bytes.PublicBytes",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "clinic.middleware.OriginOfOwnForms",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "clinic.middleware.StaffSession",
    "django.contrib.messages.middleware.MessageMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "clinic.urls"
WSGI_APPLICATION = "clinic.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            # `user` and `messages` are lazy: a page that does not use them never touches the session.
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "clinic.context_processors.site",
            ],
            "builtins": ["therapies.templatetags.site"],
        },
    }
]
CRISPY_ALLOWED_TEMPLATE_PACKS = CRISPY_TEMPLATE_PACK = "bootstrap5"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# Databases. psycopg2 is the driver: with psycopg 3 beside it Django would silently use that one.
DATABASE_URL = env("DATABASE_URL", f"sqlite:///{VAR_DIR / 'clinic.sqlite3'}")
try:
    _database = dj_database_url.parse(DATABASE_URL, conn_max_age=60)
except (dj_database_url.ParseError, ValueError):
    raise ImproperlyConfigured(
        "DATABASE_URL is not understood. Write postgresql://user:password@host:5432/name or sqlite:///path"
    ) from None
if _database["ENGINE"] == "django.db.backends.sqlite3":
    # IMMEDIATE: a read that turns into a write never fails with "database is locked". FULL: a commit survives power loss.
    _database["OPTIONS"] = {
        "timeout": 20,
        "transaction_mode": "IMMEDIATE",
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON;",
    }
elif _database["ENGINE"] == "django.db.backends.postgresql":
    _database |= {"ENGINE": "clinic.postgresql", "CONN_HEALTH_CHECKS": True}
    # A database that does not answer at all must not hold a reader's request: the library held goes on.
    _database.setdefault("OPTIONS", {}).setdefault("connect_timeout", 5)
else:
    raise ImproperlyConfigured("DATABASE_URL must name PostgreSQL or SQLite.")
DATABASES = {"default": _database}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Staff accounts. NIST SP 800-63B-4: length and a blocklist, no composition rules, no forced change.
AUTH_USER_MODEL = "clinic.Staff"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 15}},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "admin:login"
LOGIN_REDIRECT_URL = "admin:index"
AXES_FAILURE_LIMIT = 10
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_CLIENT_IP_CALLABLE = "clinic.client_address.client_address"
AXES_LOCKOUT_CALLABLE = "clinic.admin.sign_in.locked_out"
AXES_RESET_ON_SUCCESS = True
AXES_ENABLE_ADMIN = False
AXES_DISABLE_ACCESS_LOG = True
STAFF_IDLE_SECONDS = 30 * 60
STAFF_SESSION_SECONDS = 12 * 60 * 60
# Sessions and cookies. The __Host- prefix ties a cookie to this exact host over https.
SESSION_ENGINE = "clinic.sessions"
SESSION_COOKIE_NAME = "__Host-session" if HTTPS else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if HTTPS else "csrf"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = STAFF_SESSION_SECONDS
CSRF_FAILURE_VIEW = "inquiries.views.csrf_failure"

# Headers. SECURE_CSP has the name and shape Django 6 uses, so an upgrade swaps one import.
SECURE_CSP = {
    "default-src": ["'none'"],
    "script-src": ["'self'"],
    "style-src": ["'self'"],
    "img-src": ["'self'", "data:"],
    "font-src": ["'self'"],
    "connect-src": ["'self'"],
    "form-action": ["'self'"],
    "base-uri": ["'none'"],
    "frame-ancestors": ["'none'"],
}
SECURE_PERMISSIONS_POLICY = "camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
BEHIND_PROXY = env_flag("BEHIND_PROXY")  # a proxy that sets (never appends) X-Forwarded-For and X-Forwarded-Proto
if BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
DATA_UPLOAD_MAX_MEMORY_SIZE = 256 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1000  # the largest admin form, a condition with its evidence, stays below this

# Mail is owed in the database (OutboxEmail) and sent by run_outbox.
EMAIL_HOST = env("EMAIL_HOST", "")
EMAIL_PORT = env_number("EMAIL_PORT", 465, 1, 65535)
EMAIL_HOST_USER = env("EMAIL_USER", "")
EMAIL_HOST_PASSWORD = env("EMAIL_PASSWORD", "")
EMAIL_USE_SSL = env_flag("EMAIL_SSL", True)  # never STARTTLS, which can fall back to plain text
if EMAIL_HOST and not EMAIL_USE_SSL and EMAIL_HOST not in LOOPBACK:
    raise ImproperlyConfigured("EMAIL_SSL=0 sends patients' mail in clear: it is for a server on this machine alone.")
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env("EMAIL_FROM", f"no-reply@{SITE_HOST if not ON_LOOPBACK else 'clinic.example'}")
EMAIL_BACKEND = (
    "django.core.mail.backends.smtp.EmailBackend" if EMAIL_HOST else "django.core.mail.backends.filebased.EmailBackend"
)
EMAIL_FILE_PATH = VAR_DIR / "mail"  # without a mail server: the demo writes mail here, a real clinic keeps it queued

STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [path for path in [BASE_DIR / "static"] if path.exists()]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_MAX_AGE = 31_536_000
WHITENOISE_ALLOW_ALL_ORIGINS = False

USE_TZ = True
TIME_ZONE = "UTC"  # the clinic's own zone is on its profile; times are stored in UTC
LANGUAGE_CODE = "en-us"
USE_I18N = True

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "clinic.logs.JsonLine"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    # Without our handler Django would mail error reports with request data; here an error is one line.
    "loggers": {"django": {"handlers": ["console"], "level": "INFO", "propagate": False}, "axes": {"level": "ERROR"}},
}
# SecurityHeaders sends X-Frame-Options, so Django's own middleware for it is not needed.
SILENCED_SYSTEM_CHECKS = ["security.W002"]
TESTING = "pytest" in sys.modules
