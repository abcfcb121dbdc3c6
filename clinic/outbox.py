"""The post room's counter: messages are owed here, in the transaction of what they report. `delivery` sends them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import NotRequired, TypedDict, Unpack
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from clinic.models import OutboxEmail
from clinic.new_rows import insert


@dataclass(frozen=True)
class Message:
    """What a renderer returns: plain text, and the same as HTML or "". The subject is one line and quotes nothing a
    visitor typed."""

    subject: str
    body: str
    html: str = ""


class NoLongerOwed(Exception):
    """Raised by a renderer when what the message was about is gone: the message is cancelled."""


Render = Callable[[OutboxEmail], Message]
_renderers: dict[str, Render] = {}
_emptied_at_once: set[str] = set()


def register(kind: str, render: Render, *, emptied_at_once: bool = False) -> None:
    """Say how messages of a kind are written. Each app does so in its AppConfig.ready. `emptied_at_once`: recipient and
    context go the moment it was sent or given up, not days later."""
    _renderers[kind] = render
    if emptied_at_once:
        _emptied_at_once.add(kind)


def is_emptied_at_once(kind: str) -> bool:
    """Is nothing of a message of this kind to be kept once it is dealt with?"""
    return kind in _emptied_at_once


def renderer(kind: str) -> Render | None:
    """What writes messages of this kind, if any app says so."""
    return _renderers.get(kind)


class Owed(TypedDict):
    """What a message is made of: whom it is about as (app, id), to which address, and a key by which it is known again."""

    kind: str
    about: tuple[str, UUID]
    to: str
    dedupe_key: str
    context: NotRequired[dict | None]
    send_after: NotRequired[datetime | None]


def owe(**owed: Unpack[Owed]) -> OutboxEmail:
    """Write the message into the caller's transaction. A known dedupe_key writes nothing and gives the pk it has."""
    email = message(**owed)
    insert([email], known_by="dedupe_key")
    return email


def message(**owed: Unpack[Owed]) -> OutboxEmail:
    """The message, for who writes it together with other rows and knows that its dedupe_key is new."""
    app, about = owed["about"]
    return OutboxEmail(
        kind=owed["kind"],
        about_app=app,
        about_id=about,
        dedupe_key=owed["dedupe_key"],
        recipient=owed["to"],
        context=owed.get("context"),
        send_after=owed.get("send_after") or timezone.now(),
    )


def retry(emails: QuerySet[OutboxEmail]) -> int:
    """Queue the failed ones of these messages again, as if they were new. Returns how many."""
    failed = emails.filter(state=OutboxEmail.State.FAILED)
    return failed.update(
        state=OutboxEmail.State.QUEUED, attempts=0, first_tried_at=None, send_after=timezone.now(), last_error=""
    )
