"""Very many rows at once, past the ORM: COPY on PostgreSQL, one prepared statement on SQLite, indexes made afterwards.

For demonstration data alone: no signal, no default and no encryption stands between the values and the table, so who
calls this gives every column as the database holds it: numbers, truth values, None and text, `moment` for a time.
"""

import contextlib
import io
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import chain
from typing import Any

from django.db import OperationalError, models, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper

Row = Sequence[Any]
ESCAPED = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
SEVERAL = 50  # of the widest table, with less values than the 32,766 a statement of SQLite can have
# Unique ones come before the foreign keys.
CONSTRAINTS = """
    SELECT conrelid::regclass, quote_ident(conname), pg_get_constraintdef(oid) FROM pg_constraint
    WHERE conrelid = ANY(%s::regclass[]) AND contype IN ('f', 'u') ORDER BY contype DESC, oid
"""
INDEXES = """
    SELECT quote_ident(indexname), indexdef FROM pg_indexes
    WHERE schemaname = current_schema() AND tablename = ANY(%s)
    AND indexname NOT IN (SELECT conname FROM pg_constraint) ORDER BY indexname
"""


class Table:
    """The columns of one model, to be filled in their order."""

    def __init__(self, connection: BaseDatabaseWrapper, model: type[models.Model], fields: Sequence[str]) -> None:
        self.connection, self.fields = connection, tuple(fields)
        columns = [model._meta.get_field(name).column for name in self.fields]
        self.name = connection.ops.quote_name(model._meta.db_table)
        self.columns = ", ".join(connection.ops.quote_name(column) for column in columns)

    def add(self, rows: Sequence[Row]) -> None:
        """Write these rows, in the transaction that is open."""
        with self.connection.cursor() as cursor:
            if self.connection.vendor == "postgresql":
                lines = "\n".join(map(_line, rows))
                cursor.copy_expert(f"COPY {self.name} ({self.columns}) FROM STDIN", io.StringIO(lines))
            else:
                for begin in range(0, len(rows), SEVERAL):
                    self._insert(rows[begin : begin + SEVERAL])

    def _insert(self, rows: Sequence[Row]) -> None:
        # Several rows a statement: SQLite makes the lists of its CHECK ... IN (...) anew for each one. And not through
        # Django's cursor, which would convert each value once more.
        marks = ", ".join([f"({', '.join('?' * len(self.fields))})"] * len(rows))
        statement = f"INSERT INTO {self.name} ({self.columns}) VALUES {marks}"  # noqa: S608 (names of our own models)
        self.connection.connection.execute(statement, list(chain.from_iterable(rows)))


def moment(at: datetime) -> str:
    """A time as both databases take it: SQLite as Django writes it, PostgreSQL in the zone of Django's sessions, UTC."""
    return str(at.astimezone(UTC).replace(tzinfo=None))


@contextlib.contextmanager
def filling(
    connection: BaseDatabaseWrapper,
    narrow: Sequence[type[models.Model]],
    wide: Sequence[type[models.Model]],
    *,
    is_most: bool,
) -> Iterator[None]:
    """One transaction to fill the tables of these models in.

    Where what comes is most of what they will hold (`is_most`), they have no indexes and no foreign keys until its end:
    those are made from all rows at once. Another connection waits, and after a failure or a loss of power nothing has
    happened. Inside of another transaction, as in tests, the tables stay as they are. On SQLite the indexes of `wide`
    tables stay too: it reads whole rows to make an index, the long texts that PostgreSQL keeps aside.
    """
    stripped = [*narrow, *(wide if connection.vendor == "postgresql" else [])]
    tables = [model._meta.db_table for model in stripped]
    is_bare = is_most and not connection.in_atomic_block
    with connection.cursor() as cursor, contextlib.ExitStack() as stack:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA cache_size = -400000")  # kB: the indexes of many rows stay in memory
            cursor.execute("PRAGMA secure_delete = OFF")  # nothing is deleted; it would blank what only moves
            if is_bare:
                stack.callback(_look_again, cursor)
                _look_away(cursor)
        stack.enter_context(transaction.atomic(using=connection.alias))
        again = _strip(connection, cursor, tables) if is_bare else []
        yield
        for statement in again:
            cursor.execute(statement)


def _look_away(cursor: CursorWrapper) -> None:
    """Checks cost SQLite more than the rows: tests fill with them, and look through what was filled without."""
    cursor.execute("PRAGMA ignore_check_constraints = ON")
    cursor.execute("PRAGMA foreign_keys = OFF")
    with contextlib.suppress(OperationalError):  # another program has the database open
        cursor.execute("PRAGMA journal_mode = DELETE")  # new pages go to their place at once, and not through a log


def _look_again(cursor: CursorWrapper) -> None:
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute("PRAGMA ignore_check_constraints = OFF")


def _strip(connection: BaseDatabaseWrapper, cursor: CursorWrapper, tables: list[str]) -> list[str]:
    """Take the indexes and constraints away that can be; the statements that make them again, in order."""
    if connection.vendor == "sqlite":
        marks = ", ".join(["%s"] * len(tables))
        # Those of a UNIQUE in the table itself have no statement, and stay.
        own = f"type = 'index' AND sql IS NOT NULL AND tbl_name IN ({marks})"
        cursor.execute(f"SELECT name, sql FROM sqlite_master WHERE {own}", tables)  # noqa: S608 (marks alone)
        indexes = cursor.fetchall()
        for name, _ in indexes:
            cursor.execute(f"DROP INDEX {connection.ops.quote_name(name)}")
        return [made for _, made in indexes]
    cursor.execute(CONSTRAINTS, [tables])
    constraints = cursor.fetchall()
    cursor.execute(INDEXES, [tables])
    indexes = cursor.fetchall()
    for table, name, _ in constraints:
        cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    for name, _ in indexes:
        cursor.execute(f"DROP INDEX {name}")
    made = [each for _, each in indexes]
    added = [f"ALTER TABLE {table} ADD CONSTRAINT {name} {said}" for table, name, said in constraints]
    return ["SET LOCAL maintenance_work_mem = '256MB'", *made, *added]


def _line(row: Row) -> str:
    """A row as COPY reads it."""
    line = "\t".join(["\\N" if value is None else value if value.__class__ is str else str(value) for value in row])
    if (
        line.count("\\") == row.count(None)
        and line.count("\t") == len(row) - 1
        and "\n" not in line
        and "\r" not in line
    ):
        return line
    return "\t".join("\\N" if value is None else str(value).translate(ESCAPED) for value in row)
