"""The database itself refuses to change or remove what is only ever added: triggers, remade after every migrate.

Not in a migration: when SQLite remakes a table for a later migration, the triggers of the old one are lost without a word.
"""

from django.apps import AppConfig
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

from inquiries.models import AccessLog, InquiryEvent

GUARDED = (InquiryEvent, AccessLog)
REFUSAL = "rows of this table are only ever added"
FUNCTION = "inquiries_refuse_change"


def guard(sender: AppConfig, using: str, **kwargs: object) -> None:
    """Signal handler of post_migrate: the triggers stand again, whatever the migration did to the tables."""
    connection = connections[using]
    existing = set(connection.introspection.table_names())
    statements = _for_postgresql if connection.vendor == "postgresql" else _for_sqlite
    with connection.cursor() as cursor:
        for model in GUARDED:
            if model._meta.db_table in existing:
                for statement in statements(model._meta.db_table):
                    cursor.execute(statement)


def unguard(connection: BaseDatabaseWrapper) -> None:
    """Take the triggers away. For tests, which empty tables between them, and for nothing else."""
    with connection.cursor() as cursor:
        for model in GUARDED:
            for name in _names(model._meta.db_table):
                on = f" ON {model._meta.db_table}" if connection.vendor == "postgresql" else ""
                cursor.execute(f"DROP TRIGGER IF EXISTS {name}{on}")


def _names(table: str) -> list[str]:
    return [f"{table}_no_{action}" for action in ("update", "delete", "truncate")]


def _for_sqlite(table: str) -> list[str]:
    return [
        f"CREATE TRIGGER IF NOT EXISTS {table}_no_{action} BEFORE {action.upper()} ON {table} "
        f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
        for action in ("update", "delete")
    ]


def _for_postgresql(table: str) -> list[str]:
    function = (
        f"CREATE OR REPLACE FUNCTION {FUNCTION}() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'integrity_constraint_violation'; END $$"
    )
    triggers = [
        f"CREATE OR REPLACE TRIGGER {name} BEFORE {name.rpartition('_')[2].upper()} ON {table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {FUNCTION}()"
        for name in _names(table)
    ]
    return [function, *triggers]
