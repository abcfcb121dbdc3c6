"""Settings of the test run: the real ones, with fixed secrets and nothing read from the machine's .env."""

import base64
import os
import tempfile

os.environ.update(
    {
        "ENV_FILE": os.devnull,
        "SECRET_KEY": "tests-" + "only" * 12,
        "FIELD_KEYS": "t1:" + base64.b64encode(b"1" * 32).decode(),
        "SEARCH_KEY": "s1:" + base64.b64encode(b"2" * 32).decode(),
        "SITE_URL": "http://127.0.0.1:8000",
        "EXTRA_HOSTS": "testserver",
        "DATABASE_URL": os.environ.get("TEST_DATABASE_URL", "sqlite:///unused.sqlite3"),
    }
)

from clinic.settings import *  # noqa: E402, F403
from clinic.settings import DATABASES, STORAGES  # noqa: E402

if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # A file, not memory: tests with threads then meet the same locks as the real site.
    DATABASES["default"]["TEST"] = {"NAME": f"{tempfile.gettempdir()}/clinic-test-{os.getpid()}.sqlite3"}
    # Thrown away after the run, as the PostgreSQL of the tests is: no commit waits for the disk.
    _options = DATABASES["default"]["OPTIONS"]
    _options["init_command"] = _options["init_command"].replace("synchronous=FULL", "synchronous=OFF")
DATABASES["default"]["CONN_HEALTH_CHECKS"] = False
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # cheap on purpose
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
AXES_ENABLED = False  # the tests of the lockout switch it on
WHITENOISE_AUTOREFRESH = WHITENOISE_USE_FINDERS = True  # files from their sources: no test waits for collectstatic
