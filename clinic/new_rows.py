"""The rows of a Send, written by statements whose text is kept: the ORM would put each together anew every time."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections, models
from django.db.backends.base.base import BaseDatabaseWrapper


def insert(rows: Sequence[models.Model], *, known_by: str = "") -> None:
    """Store these new rows of one model in one statement, in the transaction that is open, and give each its key.

    It does what `Model.save(force_insert=True)` and `bulk_create` do with plain values: each field prepares its own, so
    what is encrypted is encrypted. It sends no signal. `known_by` names a unique field: a row that is there by it already
    stays as it is, and its key is the one given. Raises what the database says.
    """
    if not rows:
        return
    connection = connections[DEFAULT_DB_ALIAS]  # not the name for it in every thread: that one is asked for each value
    fields, statement = _statement(rows[0]._meta.model, len(rows), known_by)
    with connection.cursor() as cursor:
        cursor.execute(statement, _values(fields, rows, connection))
        keys = cursor.fetchall()
    for row, (key,) in zip(rows, keys, strict=True):
        row.pk = key
        row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS


def insert_together(*groups: Sequence[models.Model]) -> None:
    """Store new rows of several models, each as `insert` does, in this order; all in one trip to a database that takes
    more than one statement at once. What nobody asks for is not read back: the rows get no key."""
    connection = connections[DEFAULT_DB_ALIAS]
    asked = [(*_statement(rows[0]._meta.model, len(rows), "", with_keys=False), rows) for rows in groups if rows]
    trips = [asked] if connection.vendor == "postgresql" else [[one] for one in asked]
    for trip in filter(None, trips):
        values = [value for fields, _, rows in trip for value in _values(fields, rows, connection)]
        with connection.cursor() as cursor:
            cursor.execute("; ".join(statement for _, statement, _ in trip), values)


def _values(fields: Sequence[Any], rows: Sequence[models.Model], connection: BaseDatabaseWrapper) -> list[Any]:
    return [field.get_db_prep_save(field.pre_save(row, add=True), connection) for row in rows for field in fields]


@lru_cache
def _statement(
    model: type[models.Model], rows: int, known_by: str, *, with_keys: bool = True
) -> tuple[tuple[Any, ...], str]:
    """The fields with a column of their own, and the statement for so many rows."""
    options, quoted = model._meta, connections[DEFAULT_DB_ALIAS].ops.quote_name
    fields = tuple(field for field in options.local_concrete_fields if not field.primary_key)
    columns = ", ".join(quoted(field.column) for field in fields)
    places = ", ".join([f"({', '.join(['%s'] * len(fields))})"] * rows)
    known = ""
    if known_by:
        # Set to what it is: "do nothing" would let SQLite pass over every other broken rule, and return no key.
        column = quoted(options.get_field(known_by).column)
        known = f" ON CONFLICT ({column}) DO UPDATE SET {column} = EXCLUDED.{column}"
    given = f" RETURNING {quoted(options.pk.column)}" if with_keys else ""
    into = quoted(options.db_table)
    statement = f"INSERT INTO {into} ({columns}) VALUES {places}{known}{given}"  # noqa: S608 (our models' names)
    return fields, statement
