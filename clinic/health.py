"""Can this process take a request now? What /readyz says."""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from clinic.canary import WrongKeys, check_canaries
from clinic.mail_route import NOWHERE, mail_route
from clinic.models import OutboxEmail

LATE = timedelta(minutes=15)
OK = "ok"
UNKNOWN = "unknown"


@dataclass
class Readiness:
    """`problems` stop the site from taking a request; `warnings` do not, but somebody must look. No secrets in either."""

    database: str = OK
    migrations: str = OK
    keys: str = OK
    mail: str = ""
    outbox_waiting: int = 0
    outbox_failed: int = 0
    outbox_oldest_seconds: int = 0
    problems: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def ready(self) -> bool:
        return not self.problems

    def as_dict(self) -> dict:
        """All of it, for a JSON answer to whoever runs the site."""
        return {"ready": self.ready, **asdict(self)}

    def for_strangers(self) -> dict:
        """Whether it is ready and, if not, the names of the parts that fail: no counts, no sentence about our mail."""
        parts = {"database": self.database, "migrations": self.migrations, "keys": self.keys}
        return {"ready": self.ready, "failing": [name for name, state in parts.items() if state not in (OK, UNKNOWN)]}


def readiness(*, now: datetime | None = None) -> Readiness:
    """Look at the database, its migrations, the keys and the outbox. Never raises for a database that is down."""
    found = Readiness()
    try:
        _look(found, now or timezone.now())
    except Error:
        return Readiness(
            database="unreachable",
            migrations=UNKNOWN,
            keys=UNKNOWN,
            problems=("The database cannot be reached.",),
        )
    return found


def _look(found: Readiness, now: datetime) -> None:
    connection.ensure_connection()
    if not migrations_are_applied():
        found.migrations = "missing"
        found.problems = ("Migrations are missing: run `manage.py migrate`.",)
        return
    try:
        check_canaries()
    except WrongKeys:
        found.keys = "wrong"
        found.problems = ("The keys are not those the database was written with.",)
    found.mail = mail_route()
    found.outbox_waiting = OutboxEmail.objects.waiting().count()
    found.outbox_failed = OutboxEmail.objects.failed().count()
    since = OutboxEmail.objects.waiting_since(now=now)
    late = now - since if since else timedelta()
    found.outbox_oldest_seconds = int(late.total_seconds())
    warnings = []
    if found.mail == NOWHERE:
        warnings.append("No mail server is set (EMAIL_HOST): messages stay queued.")
    elif late > LATE:
        warnings.append("The oldest message waits for more than 15 minutes: is run_outbox running?")
    if found.outbox_failed:
        warnings.append("Some messages failed for good: see outgoing e-mail in admin.")
    found.warnings = tuple(warnings)


_applied = False


def migrations_are_applied() -> bool:
    """Does the database have every migration of this release? Once it has, it is not asked again."""
    global _applied
    if not _applied:
        executor = MigrationExecutor(connection)
        _applied = not executor.migration_plan(executor.loader.graph.leaf_nodes())
    return _applied
