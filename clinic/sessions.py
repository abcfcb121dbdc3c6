"""Django's sessions in the database, saved by one statement that says what is wrong."""

from django.contrib.sessions.backends import db
from django.contrib.sessions.backends.base import UpdateError


class SessionStore(db.SessionStore):
    """Django puts a savepoint around each save, which Send has no need of: it clears the draft in the transaction that
    stores the request. And it says of a database that cannot write that the session is gone, so nobody would be told."""

    def save(self, must_create: bool = False) -> None:
        """As Django's. Raises UpdateError when the session is no longer there, and else what the database says."""
        if must_create or self.session_key is None:
            super().save(must_create)
            return
        row = self.create_model_instance(self._get_session())
        fields = {"session_data": row.session_data, "expire_date": row.expire_date}
        if not self.model.objects.filter(pk=row.pk).update(**fields):
            raise UpdateError
