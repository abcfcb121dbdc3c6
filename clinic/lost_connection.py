"""A PostgreSQL connection that dies while a statement runs: the driver has two ways to say so, the site one."""

from collections.abc import Callable
from typing import Any

from django.db import DatabaseError, OperationalError
from django.db.backends.base.base import BaseDatabaseWrapper


def watch(sender: type, connection: BaseDatabaseWrapper, **kwargs: object) -> None:
    """Signal handler of connection_created."""
    if connection.vendor == "postgresql" and say_it_is_down not in connection.execute_wrappers:
        connection.execute_wrappers.append(say_it_is_down)


def say_it_is_down(execute: Callable[..., Any], *arguments: Any) -> Any:
    """Make OperationalError of a DatabaseError that is none of its kinds.

    psycopg2 raises that one when the server went without a last word. Everywhere here a database that is away is an
    OperationalError, and answered with a page that says so.
    """
    try:
        return execute(*arguments)
    except DatabaseError as error:
        if type(error) is DatabaseError:
            raise OperationalError(*error.args) from error
        raise
