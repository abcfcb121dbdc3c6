"""What goes by itself once its time is over: the content of old mail, sign-in attempts, staff sessions that ended."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib import import_module

from axes.models import AccessAttempt, AccessFailureLog
from django.conf import settings

from clinic.delivery import empty_old

ATTEMPTS_KEPT = timedelta(days=1)  # a lockout lasts minutes; user names, addresses and what was sent need no longer


@dataclass(frozen=True)
class Upkeep:
    """How much one round removed."""

    emptied: int
    attempts: int


def keep_up(*, now: datetime) -> Upkeep:
    """Empty old messages, forget attempts to sign in older than a day and sessions that have expired."""
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()
    return Upkeep(emptied=empty_old(now=now), attempts=_forget_attempts(now - ATTEMPTS_KEPT))


def _forget_attempts(before: datetime) -> int:
    old = [model.objects.filter(attempt_time__lt=before) for model in (AccessAttempt, AccessFailureLog)]
    return sum(attempts.delete()[0] for attempts in old)
