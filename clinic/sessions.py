"""Django's sessions in the database, saved by one statement where a transaction is open already."""

from django.contrib.sessions.backends import db
from django.contrib.sessions.backends.base import UpdateError
from django.db import DEFAULT_DB_ALIAS, connections


class SessionStore(db.SessionStore):
    """Send clears the draft in the transaction that stores the request: no savepoint is needed around that."""

    def save(self, must_create: bool = False) -> None:
        """As Django's. Raises UpdateError when the session is no longer there."""
        is_open = connections[DEFAULT_DB_ALIAS].in_atomic_block
        if must_create or self.session_key is None or not is_open:
            super().save(must_create)
            return
        row = self.create_model_instance(self._get_session())
        fields = {"session_data": row.session_data, "expire_date": row.expire_date}
        if not self.model.objects.filter(pk=row.pk).update(**fields):
            raise UpdateError
