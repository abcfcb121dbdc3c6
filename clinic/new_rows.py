"""The rows of a Send, written by statements whose text is kept: the ORM would put each together anew every time."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connections, models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.options import Options

# What such a field is given is what the database is given, when it is of this type: there is nothing to prepare.
_READY: dict[type[models.Field], type] = {
    models.CharField: str,
    models.TextField: str,
    models.BooleanField: bool,
    models.ForeignKey: int,
    models.IntegerField: int,
    models.SmallIntegerField: int,
    models.PositiveIntegerField: int,
    models.PositiveSmallIntegerField: int,
}
_READY_ON_POSTGRESQL = {**_READY, models.DateTimeField: datetime, models.UUIDField: UUID}
Part = tuple[type[models.Model], Sequence[Mapping[str, Any]]]
Shape = tuple[Options, int]  # of a model, and how many rows of it


def insert(rows: Sequence[models.Model], *, known_by: str = "") -> None:
    """Store these new rows of one model in one statement, in the transaction that is open, and give each its key.

    It does what `Model.save(force_insert=True)` and `bulk_create` do with plain values: each field prepares its own, so
    what is encrypted is encrypted. It sends no signal, and sets no `auto_now`. `known_by` names a unique field: a row
    that is there by it already stays as it is, and its key is the one given. Raises what the database says.
    """
    if not rows:
        return
    connection = connections[DEFAULT_DB_ALIAS]  # not the name for it in every thread: that one is asked for each value
    options = rows[0]._meta
    statement = _statement((options, len(rows)), known_by=known_by)
    with connection.cursor() as cursor:
        cursor.execute(statement, _values(options, map(vars, rows), connection))
        keys = cursor.fetchall()
    for row, (key,) in zip(rows, keys, strict=True):
        _mark_as_stored(row, key)


def insert_with_parts(whole: models.Model, *parts: Part, part_of: str) -> None:
    """Store a new row as `insert` does, and after it new rows that belong to it: in one trip to PostgreSQL.

    Each part is a model and, for each row, its values by the names the columns have in Python (`attname`); what is not
    among them is the field's default. Moments know their zone. A part that has the column `part_of` gets the key of
    the whole there. The rows of parts get no key. Raises what the database says.
    """
    connection = connections[DEFAULT_DB_ALIAS]
    written = [(model._meta, rows) for model, rows in parts if rows]
    if connection.vendor == "postgresql":
        shapes = tuple((options, len(rows)) for options, rows in written)
        statement = _statement_with_parts(whole._meta, shapes, part_of)
        values = _values(whole._meta, [vars(whole)], connection)
        for options, rows in written:
            values += _values(options, rows, connection, but=part_of)
        with connection.cursor() as cursor:
            cursor.execute(statement, values)
            _mark_as_stored(whole, cursor.fetchone()[0])
        return
    insert([whole])
    for options, rows in written:
        statement = _statement((options, len(rows)), gives_keys=False)
        known = [{**row, part_of: whole.pk} for row in rows]
        with connection.cursor() as cursor:
            cursor.execute(statement, _values(options, known, connection))


def _mark_as_stored(row: models.Model, key: Any) -> None:
    row.pk = key
    row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS


def _values(
    options: Options, rows: Iterable[Mapping[str, Any]], connection: BaseDatabaseWrapper, but: str = ""
) -> list[Any]:
    """What the database is given for each field of each row, in order."""
    columns, values = _columns(options, connection.vendor, but), []
    for row in rows:
        for name, field, ready in columns:
            value = row[name] if name in row else field.get_default()
            if value is not None and type(value) is not ready:
                value = field.get_db_prep_save(value, connection)
            values.append(value)
    return values


@lru_cache
def _columns(options: Options, vendor: str, but: str = "") -> tuple[tuple[str, Any, type | None], ...]:
    """(attname, field, the type that needs no preparing) of each field with a column of its own."""
    ready = _READY_ON_POSTGRESQL if vendor == "postgresql" else _READY
    fields = (field for field in options.local_concrete_fields if not field.primary_key)
    return tuple((field.attname, field, ready.get(type(field))) for field in fields if field.attname != but)


@lru_cache
def _statement(shape: Shape, *, known_by: str = "", gives_keys: bool = True, part_of: str = "") -> str:
    """The statement for so many rows. As a part, the key of the whole stands written in it."""
    (options, rows), connection = shape, connections[DEFAULT_DB_ALIAS]
    quoted = connection.ops.quote_name
    fields = [field for _, field, _ in _columns(options, connection.vendor)]
    places = ", ".join("(SELECT key FROM whole)" if field.attname == part_of else "%s" for field in fields)
    known = ""
    if known_by:
        # Set to what it is: "do nothing" would let SQLite pass over every other broken rule, and return no key.
        column = quoted(options.get_field(known_by).column)
        known = f" ON CONFLICT ({column}) DO UPDATE SET {column} = EXCLUDED.{column}"
    given = f" RETURNING {quoted(options.pk.column)} AS key" if gives_keys else ""
    into, columns = quoted(options.db_table), ", ".join(quoted(field.column) for field in fields)
    values = ", ".join([f"({places})"] * rows)
    return f"INSERT INTO {into} ({columns}) VALUES {values}{known}{given}"  # noqa: S608 (our models' names)


@lru_cache
def _statement_with_parts(whole: Options, parts: tuple[Shape, ...], part_of: str) -> str:
    written = [_statement(part, gives_keys=False, part_of=part_of) for part in parts]
    named = "".join(f", part_{number} AS ({each})" for number, each in enumerate(written))
    return f"WITH whole AS ({_statement((whole, 1))}){named} SELECT key FROM whole"  # noqa: S608 (our models' names)
