"""What the database knows of its tables, so that it reads them through the right index. PostgreSQL looks by itself."""

from datetime import datetime

from django.db import connection, transaction

SAMPLE = 1000  # rows of each index: a sample is enough, and costs the same in a large table


def learn() -> None:
    """Let the database look at its tables now, as after many rows have come at once."""
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(f"PRAGMA analysis_limit = {SAMPLE}")
        cursor.execute("ANALYZE")
        if connection.vendor == "sqlite":
            # With many rows it would skip through an index that begins with another column, and read most of it, where
            # one holds just what is asked for.
            cursor.execute("UPDATE sqlite_stat1 SET stat = stat || ' noskipscan' WHERE idx IS NOT NULL")
            cursor.execute("ANALYZE sqlite_schema")  # read what is known now, and look at nothing


def keep_learning(now: datetime) -> list[str]:
    """Job of the upkeep: SQLite looks at its tables only when it is told to."""
    if connection.vendor == "sqlite":
        learn()
    return []
