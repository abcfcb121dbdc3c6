"""The real settings, with less waiting: what is drilled is what happens after it."""

import os

from clinic.settings import *  # noqa: F403


class NoMigrations:
    """Instead of MIGRATION_MODULES: tables come from the models, as in the tests, in a tenth of the time."""

    def __contains__(self, app: str) -> bool:
        return True

    def __getitem__(self, app: str) -> None:
        return None


IS_SHORT = os.environ["DRILL_LENGTH"] == "short"
WORKERS = 1 if IS_SHORT else 2  # of the web server: two as the site has, or what takes less time to start
if IS_SHORT:
    MIGRATION_MODULES = NoMigrations()
EMAIL_TIMEOUT = 0.3  # type: ignore[assignment]
STORAGES = {  # files as they lie in the source, so nothing has to be collected
    **STORAGES,  # noqa: F405
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
