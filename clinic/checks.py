"""What `check --deploy` says about this project, beyond what Django says."""

from django.conf import settings
from django.core.checks import Error, Warning, register

LARGEST_BODY = 256 * 1024
LARGEST_FORM = 1000
SAFE_SQLITE = ("journal_mode=WAL", "synchronous=FULL")


@register(deploy=True)
def headers(app_configs, **kwargs):
    policy = getattr(settings, "SECURE_CSP", {})
    words = {word for values in policy.values() for word in values}
    if "default-src" not in policy or "clinic.middleware.SecurityHeaders" not in settings.MIDDLEWARE:
        yield Error("No Content-Security-Policy is sent: set SECURE_CSP and keep SecurityHeaders.", id="clinic.E001")
    if words & {"'unsafe-inline'", "'unsafe-eval'", "*"}:
        yield Error("SECURE_CSP lets inline code, eval or any host in.", id="clinic.E002")


@register(deploy=True)
def address_and_cookies(app_configs, **kwargs):
    if not settings.SITE_URL.startswith("https://"):
        yield Warning(
            "SITE_URL is not https: cookies and forms travel in clear. Set it for a real site.", id="clinic.W003"
        )
    elif not (settings.SESSION_COOKIE_NAME.startswith("__Host-") and settings.CSRF_COOKIE_NAME.startswith("__Host-")):
        yield Error("Cookies over https carry the __Host- prefix, which ties them to this host.", id="clinic.E004")
    if settings.SESSION_SAVE_EVERY_REQUEST:
        yield Error("SESSION_SAVE_EVERY_REQUEST puts a cookie on every page, public ones too.", id="clinic.E005")


@register(deploy=True)
def release(app_configs, **kwargs):
    if settings.RELEASE == "dev" and not settings.ON_LOOPBACK:
        yield Warning(
            "RELEASE is not set: browsers would keep pages of the release before. Set it to this release's commit id.",
            id="clinic.W012",
        )


@register(deploy=True)
def database(app_configs, **kwargs):
    config = settings.DATABASES["default"]
    if config["ENGINE"] != "django.db.backends.sqlite3":
        return
    options = config.get("OPTIONS", {})
    init = options.get("init_command", "")
    if options.get("transaction_mode") != "IMMEDIATE" or not all(pragma in init for pragma in SAFE_SQLITE):
        yield Error(
            "SQLite needs transaction_mode IMMEDIATE, journal_mode WAL and synchronous FULL: "
            "else writers fail with “database is locked”, or a power cut takes what was acknowledged.",
            id="clinic.E006",
        )


@register(deploy=True)
def mail(app_configs, **kwargs):
    if not settings.EMAIL_HOST:
        yield Warning(
            "No mail server is set: outside the demonstration every message stays queued. Set EMAIL_HOST.",
            id="clinic.W007",
        )
    if not settings.EMAIL_TIMEOUT or settings.EMAIL_TIMEOUT > 60:
        yield Error(
            "EMAIL_TIMEOUT must be set, at most 60 seconds: else a silent server holds the worker.", id="clinic.E008"
        )
    if settings.EMAIL_USE_TLS:
        yield Error("EMAIL_USE_TLS (STARTTLS) can fall back to plain text. Use EMAIL_SSL.", id="clinic.E009")


@register(deploy=True)
def uploads(app_configs, **kwargs):
    if not settings.DATA_UPLOAD_MAX_MEMORY_SIZE or settings.DATA_UPLOAD_MAX_MEMORY_SIZE > LARGEST_BODY:
        yield Error("DATA_UPLOAD_MAX_MEMORY_SIZE must be at most 256 kB: no form of ours is larger.", id="clinic.E010")
    if not settings.DATA_UPLOAD_MAX_NUMBER_FIELDS or settings.DATA_UPLOAD_MAX_NUMBER_FIELDS > LARGEST_FORM:
        yield Error("DATA_UPLOAD_MAX_NUMBER_FIELDS must be at most 1000.", id="clinic.E011")
