"""Sends what is owed, at least once.

A worker leases a row with a filtered update, sends, then marks. The lease is the next try, so a worker that dies
costs a delay, never a message. A repeat carries the same Message-ID. Headers hold nothing a visitor typed but the
address the message goes to.
"""

import logging
import random
import smtplib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parseaddr

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage, EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.core.validators import validate_email
from django.db import InterfaceError, OperationalError
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from clinic.encryption import is_unreadable
from clinic.mail_route import NOWHERE, mail_route
from clinic.models import OutboxEmail
from clinic.outbox import NoLongerOwed, is_emptied_at_once, renderer

logger = logging.getLogger(__name__)

LEASE = timedelta(minutes=5)
BACKOFF_MINUTES = (1, 5, 15, 60, 180, 360, 720)
SOON = timedelta(minutes=1)  # a server that is away is no message's fault: no growing pauses, so all go when it is back
GIVE_UP_AFTER = timedelta(hours=72)
CONTENT_KEPT = timedelta(days=14)
FAILED_CONTENT_KEPT = timedelta(days=90)  # somebody may still correct the cause and queue it again
# Replies that mean "you may not send here", whatever command they answer.
NOT_LET_IN = {530, 534, 535, 538}
State = OutboxEmail.State


class CannotCompose(Exception):
    """The message cannot be written now: its kind is unknown here, or what it holds does not decrypt."""


class CannotConnect(Exception):
    """The mail server cannot be reached."""


@dataclass
class Round:
    """What one round did. `held` counts mail without a server; `stopped` is the kind of error that ended it early."""

    sent: int = 0
    delayed: int = 0
    failed: int = 0
    cancelled: int = 0
    held: int = 0
    stopped: str = ""

    @property
    def tried(self) -> int:
        return self.sent + self.delayed + self.failed + self.cancelled

    def __str__(self) -> str:
        """The round in words, for whoever reads a command's output. Empty when nothing happened."""
        if self.held:
            return f"No mail server is set (EMAIL_HOST): {self.held} messages stay queued, nothing was sent."
        said = [f"{getattr(self, word)} {word}" for word in ("sent", "delayed", "failed", "cancelled")]
        words = ", ".join(word for word in said if not word.startswith("0 "))
        if self.stopped:
            return f"{words or 'nothing sent'}; the mail server takes no mail ({self.stopped})"
        return words


def send_due(
    *, now: datetime | None = None, limit: int = 100, should_stop: Callable[[], bool] = lambda: False
) -> Round:
    """Try what is due, oldest first, at most `limit` messages.

    Any number of workers may do this at the same time. One slow or broken message does not stop the others; a server
    that cannot be reached or refuses us ends the round, and what was not tried keeps its place.
    """
    done = Round()
    if mail_route() == NOWHERE:
        done.held = OutboxEmail.objects.waiting().count()
    else:
        _send_batch(OutboxEmail.objects.due(now=now or timezone.now())[:limit], now, should_stop, done)
    return done


def empty_old(*, now: datetime) -> int:
    """Drop recipient and content of messages sent or cancelled 14 days ago, or given up and owed since 90 days.

    The rest of the row stays.
    """
    before = now - CONTENT_KEPT
    over = Q(state=State.SENT, sent_at__lt=before) | Q(state=State.CANCELLED, send_after__lt=before)
    over |= Q(state=State.FAILED, created_at__lt=now - FAILED_CONTENT_KEPT)
    full = OutboxEmail.objects.filter(over, emptied_at__isnull=True)
    return full.update(recipient="", context=None, emptied_at=now)


def backoff(attempts: int) -> timedelta:
    """How long to wait after so many attempts: 1 minute to 12 hours, spread so that not all come back at once."""
    minutes = BACKOFF_MINUTES[min(attempts, len(BACKOFF_MINUTES)) - 1]
    return timedelta(minutes=minutes * random.uniform(0.9, 1.1))  # noqa: S311 (no secret)


def compose(email: OutboxEmail) -> EmailMessage:
    """The message as it goes out. Raises CannotCompose, ValidationError for an impossible address, NoLongerOwed."""
    render = renderer(email.kind)
    if render is None:
        raise CannotCompose("UnknownKind")
    if is_unreadable(email.recipient) or is_unreadable(email.context):
        raise CannotCompose("CannotDecrypt")
    validate_email(email.recipient)
    written = render(email)
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]
    message = EmailMultiAlternatives(
        subject=written.subject,
        body=written.body,
        to=[email.recipient],
        headers={
            "Message-ID": f"<{email.public_id}@{domain}>",
            "Auto-Submitted": "auto-generated",
            "X-Auto-Response-Suppress": "All",
        },
    )
    if written.html:
        message.attach_alternative(written.html, "text/html")
    message.message()  # a header that cannot be written shows here, not half-way through the conversation
    return message


class _Server:
    """One connection for a round, opened when the first message needs it and again after an error."""

    def __init__(self) -> None:
        self.connection: BaseEmailBackend | None = None

    def send(self, message: EmailMessage) -> None:
        if self.connection is None:
            self.connection = self._open()
        self.connection.send_messages([message])
        if not settings.EMAIL_HOST:
            self.close()  # the demonstration writes one file a message

    def _open(self) -> BaseEmailBackend:
        if "filebased" in settings.EMAIL_BACKEND:
            # Mail names people, so only this account may read the files.
            settings.EMAIL_FILE_PATH.mkdir(mode=0o700, parents=True, exist_ok=True)
        connection = get_connection()
        try:
            connection.open()
        except (smtplib.SMTPAuthenticationError, smtplib.SMTPNotSupportedError):
            raise
        except (smtplib.SMTPException, OSError) as error:
            raise CannotConnect from error
        return connection

    def close(self) -> None:
        if self.connection is not None:
            with suppress(smtplib.SMTPException, OSError):
                self.connection.close()
            self.connection = None


def _send_batch(due: QuerySet[OutboxEmail], now: datetime | None, should_stop: Callable[[], bool], done: Round) -> None:
    server = _Server()
    try:
        for email in list(due):
            if should_stop():
                return
            # Each message has its own moment: slow ones before it must not eat its lease.
            _send_one(email, server, now or timezone.now(), done)
            if done.stopped:
                return
    finally:
        server.close()


def _send_one(email: OutboxEmail, server: _Server, now: datetime, done: Round) -> None:
    untouched = {"attempts": email.attempts, "first_tried_at": email.first_tried_at, "send_after": email.send_after}
    if not _lease(email, now):
        return
    try:
        server.send(compose(email))
    except NoLongerOwed:
        done.cancelled += _settle(email, state=State.CANCELLED)
    except CannotCompose as error:
        # Another release or another key may manage it, so it waits without end.
        done.delayed += _settle(email, last_error=str(error), send_after=now + backoff(email.attempts))
    except (OperationalError, InterfaceError):
        raise  # our database is gone, not the message: the lease brings it back
    except Exception as error:  # a renderer may fail in any way; the other messages must still go
        server.close()
        if _not_let_in(error):
            done.stopped = type(error).__name__
            _settle(email, last_error=done.stopped, **untouched)
        elif _is_away(error):
            done.stopped = type(error.__cause__ or error).__name__
            _delay(email, done.stopped, now, SOON, done)
        elif _is_permanent(error):
            done.failed += _settle(email, state=State.FAILED, last_error=type(error).__name__)
        else:
            _delay(email, type(error).__name__, now, backoff(email.attempts), done)
    else:
        done.sent += _settle(email, state=State.SENT, sent_at=timezone.now(), last_error="")


def _lease(email: OutboxEmail, now: datetime) -> bool:
    """Take the row for one try. False when another worker has it, or it was sent or cancelled meanwhile."""
    free = OutboxEmail.objects.waiting().filter(pk=email.pk, send_after=email.send_after)
    first = email.first_tried_at or now
    if not free.update(send_after=now + LEASE, attempts=F("attempts") + 1, first_tried_at=first):
        return False
    email.attempts, email.first_tried_at, email.send_after = email.attempts + 1, first, now + LEASE
    return True


def _settle(email: OutboxEmail, **fields: object) -> int:
    """Write the outcome while the lease is still ours. 1 when it was."""
    ours = OutboxEmail.objects.waiting().filter(pk=email.pk, send_after=email.send_after)
    if fields.get("state") in {State.SENT, State.FAILED} and is_emptied_at_once(email.kind):
        fields |= {"recipient": "", "context": None, "emptied_at": timezone.now()}
    settled = ours.update(**fields)
    if not settled:
        logger.warning("Outbox e-mail %s changed while it was being sent", email.public_id)
    return settled


def _delay(email: OutboxEmail, error: str, now: datetime, wait: timedelta, done: Round) -> None:
    logger.warning("Outbox e-mail %s not sent: %s", email.public_id, error)
    if email.first_tried_at and now - email.first_tried_at >= GIVE_UP_AFTER:
        done.failed += _settle(email, state=State.FAILED, last_error=error)
    else:
        done.delayed += _settle(email, last_error=error, send_after=now + wait)


def _codes(error: BaseException) -> set[int]:
    """The reply codes an SMTP error carries."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return {code for code, _ in error.recipients.values()}
    return {error.smtp_code} if isinstance(error, smtplib.SMTPResponseException) else set()


def _not_let_in(error: BaseException) -> bool:
    """Is it us the server refuses, not the message? Then every message would fail alike."""
    ours = smtplib.SMTPAuthenticationError | smtplib.SMTPNotSupportedError | smtplib.SMTPSenderRefused
    return isinstance(error, ours) or bool(_codes(error) & NOT_LET_IN)


def _is_away(error: BaseException) -> bool:
    """Is it the server that cannot work now (421 says so at any command), whichever message it is given?"""
    return isinstance(error, CannotConnect | smtplib.SMTPHeloError) or 421 in _codes(error)


def _is_permanent(error: BaseException) -> bool:
    """Would the same message be refused again tomorrow?"""
    codes = _codes(error)
    return isinstance(error, ValidationError) or bool(codes) and all(code >= 500 for code in codes)
