"""Django's sessions in the database, read and saved by one plain statement each that says what is wrong."""

from typing import Any

from django.contrib.sessions.backends import db
from django.contrib.sessions.backends.base import UpdateError
from django.db import DEFAULT_DB_ALIAS, connections
from django.utils import timezone

READ = "SELECT session_data FROM django_session WHERE session_key = %s AND expire_date > %s"
SAVE = "UPDATE django_session SET session_data = %s, expire_date = %s WHERE session_key = %s"


class SessionStore(db.SessionStore):
    """Django puts a savepoint around each save, which Send has no need of: it clears the draft in the transaction that
    stores the request. And it says of a database that cannot write that the session is gone, so nobody would be told.
    Written out, since the ORM would take longer to ask than the database to answer, on every page about a person."""

    def load(self) -> dict[str, Any]:
        """As Django's: {} and no key for a session that is not there or over."""
        connection = connections[DEFAULT_DB_ALIAS]
        found = None
        if self.session_key:
            with connection.cursor() as cursor:
                now = connection.ops.adapt_datetimefield_value(timezone.now())
                cursor.execute(READ, [self.session_key, now])
                found = cursor.fetchone()
        if found is None:
            self._session_key = None
            return {}
        return self.decode(found[0])

    def save(self, must_create: bool = False) -> None:
        """As Django's. Raises UpdateError when the session is no longer there, and else what the database says."""
        if must_create or self.session_key is None:
            super().save(must_create)
            return
        connection = connections[DEFAULT_DB_ALIAS]
        expires = connection.ops.adapt_datetimefield_value(self.get_expiry_date())
        with connection.cursor() as cursor:
            cursor.execute(SAVE, [self.encode(self._get_session()), expires, self.session_key])
            if not cursor.rowcount:
                raise UpdateError
