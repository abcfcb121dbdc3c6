"""What the database knows of its tables, so that it reads them through the right index. PostgreSQL looks by itself."""

from datetime import datetime

from django.db import connection

SAMPLE = 1000  # rows of each index: a sample is enough, and costs the same in a large table


def learn() -> None:
    """Let the database look at its tables now, as after many rows have come at once."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(f"PRAGMA analysis_limit = {SAMPLE}")
        cursor.execute("ANALYZE")


def keep_learning(now: datetime) -> list[str]:
    """Job of the upkeep: SQLite looks at its tables only when it is told to."""
    if connection.vendor == "sqlite":
        learn()
    return []
