"""What happens by itself, once an hour: what is over goes (old mail, sign-in attempts, staff sessions that ended), and
what other apps registered comes. What cannot wait an hour comes once a minute."""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib import import_module

from axes.models import AccessAttempt, AccessFailureLog
from django.conf import settings
from django.db import Error

from clinic.delivery import empty_old

log = logging.getLogger(__name__)

ATTEMPTS_KEPT = timedelta(days=1)  # a lockout lasts minutes; user names, addresses and what was sent need no longer


Job = Callable[[datetime], Iterable[object]]
_jobs: dict[str, Job] = {}
_jobs_of_a_minute: dict[str, Job] = {}


def register(name: str, job: Job, *, each_minute: bool = False) -> None:
    """Say what else is to be done. `job` is told the time and says what it did, a sentence each. Each app does so in
    its AppConfig.ready. What is done `each_minute` must cost next to nothing when there is nothing to do."""
    (_jobs_of_a_minute if each_minute else _jobs)[name] = job


def in_words() -> str:
    """All that happens by itself, for the help of the commands that see to it."""
    ours = ("emptying of old mail", "attempts to sign in and sessions that are over")
    return f"Each minute: {', '.join(_jobs_of_a_minute)}. Each hour: {', '.join((*ours, *_jobs))}."


@dataclass(frozen=True)
class Upkeep:
    """How much one round removed, and what the registered jobs did."""

    emptied: int
    attempts: int
    done: tuple[str, ...] = ()


def keep_up(*, now: datetime) -> Upkeep:
    """Empty old messages, forget attempts to sign in older than a day and sessions that have expired; then do the jobs.

    A job that breaks is logged and keeps no other waiting, nor the mail: whoever calls this sends it. An error of the
    database is the caller's.
    """
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()
    emptied, attempts = empty_old(now=now), _forget_attempts(now - ATTEMPTS_KEPT)
    return Upkeep(emptied, attempts, tuple(said for name, job in _jobs.items() for said in _do(name, job, now)))


def keep_time(*, now: datetime) -> tuple[str, ...]:
    """The jobs of every minute, before mail is sent, so that what they owe goes at once. As `keep_up` when one breaks."""
    return tuple(said for name, job in _jobs_of_a_minute.items() for said in _do(name, job, now))


def _do(name: str, job: Job, now: datetime) -> list[str]:
    try:
        return [str(said) for said in job(now)]
    except Error:
        raise
    except Exception:
        log.exception("upkeep: %s failed", name)
        return []


def _forget_attempts(before: datetime) -> int:
    old = [model.objects.filter(attempt_time__lt=before) for model in (AccessAttempt, AccessFailureLog)]
    return sum(attempts.delete()[0] for attempts in old)
