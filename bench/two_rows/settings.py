import dj_database_url

from clinic.settings import DATABASE_URL, DATABASES

SECRET_KEY = "for-measuring-only-" + "x" * 50
ALLOWED_HOSTS = ["127.0.0.1"]
ROOT_URLCONF = "bench.two_rows.urls"
WSGI_APPLICATION = "bench.two_rows.wsgi.application"
USE_TZ = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# As durable as the site's own database, on connections that stay open as well.
DATABASES = {
    "default": {
        **dj_database_url.parse(DATABASE_URL, conn_max_age=60),
        "OPTIONS": DATABASES["default"].get("OPTIONS", {}),
    }
}
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "bench.two_rows",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
