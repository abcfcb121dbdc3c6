"""Many rows of one table at once, past the ORM: COPY on PostgreSQL, one prepared statement on SQLite.

For demonstration data alone: no signal, no default and no encryption stands between the values and the table, so who
calls this gives every column as the database holds it.
"""

import io
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

Row = Sequence[Any]
ESCAPED = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


class Table:
    """The columns of one model, to be filled in their order."""

    def __init__(self, connection: BaseDatabaseWrapper, model: type[models.Model], fields: Sequence[str]) -> None:
        self.connection, self.fields = connection, tuple(fields)
        columns = [model._meta.get_field(name).column for name in self.fields]
        self.name = connection.ops.quote_name(model._meta.db_table)
        self.columns = ", ".join(connection.ops.quote_name(column) for column in columns)

    def add(self, rows: Iterable[Row]) -> None:
        """Write these rows, in the transaction that is open."""
        with self.connection.cursor() as cursor:
            if self.connection.vendor == "postgresql":
                lines = "".join("\t".join(map(_copied, row)) + "\n" for row in rows)
                cursor.copy_expert(f"COPY {self.name} ({self.columns}) FROM STDIN", io.StringIO(lines))
            else:
                marks = ", ".join("?" * len(self.fields))
                statement = f"INSERT INTO {self.name} ({self.columns}) VALUES ({marks})"  # noqa: S608 (names of our own models)
                # Not through Django's cursor: it would rewrite the statement and convert each value once more.
                self.connection.connection.executemany(statement, ([_plain(value) for value in row] for row in rows))


def _copied(value: Any) -> str:
    if value is None:
        return "\\N"
    if isinstance(value, str):
        return value.translate(ESCAPED) if "\\" in value or "\n" in value or "\t" in value or "\r" in value else value
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _moment(value: datetime) -> str:
    """As Django writes it: no zone, and no part of a second where there is none."""
    return str(value.astimezone(UTC).replace(tzinfo=None))


ON_SQLITE: dict[type, Callable[[Any], Any]] = {
    datetime: _moment,
    date: date.isoformat,
    UUID: lambda value: value.hex,
}


def _plain(value: Any) -> Any:
    convert = ON_SQLITE.get(type(value))
    return convert(value) if convert else value
