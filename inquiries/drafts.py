"""Where a draft lives before Send: encrypted in the session of the server, an hour without a touch at most.

The check page carries the whole draft as well, sealed, so that Send works when the session is gone.
"""

import json
import time
import uuid
import zlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any

from django.contrib.auth import SESSION_KEY

from clinic.encryption import CannotDecrypt, decrypt, encrypt
from inquiries.path import Draft, without_tries

IDLE_SECONDS = 60 * 60
SEALED_SECONDS = 2 * 60 * 60
DRAFT, SENT, AGAIN = "consultation", "consultation_sent", "consultation_sent_again"
REPORTED, TRIED, TOPIC = "consultation_reported", "request_tried", "consultation_topic"
IN_SESSION, ON_PAGE = "inquiries.draft.session", "inquiries.draft.page"
IN_REPORT, IN_TRIES, IN_TOPIC = "inquiries.report.session", "inquiries.tries.session", "inquiries.topic.session"
MOST_TRIES = 4  # forms beside the draft that one browser has open with errors


def begin() -> Draft:
    """A new draft. Its key is what makes a form that is sent twice one request."""
    return Draft(submission_key=str(uuid.uuid4()), begun_at=time.time())


def read(session) -> Draft | None:
    """The draft of this visitor; None if there is none, its hour is over or it cannot be read."""
    return _draft(_opened(session.get(DRAFT, ""), IN_SESSION, IDLE_SECONDS))


def is_over(session) -> bool:
    """Was there a draft whose hour is over?"""
    return DRAFT in session and read(session) is None


def keep(session, draft: Draft) -> None:
    """Store the draft and begin its hour again."""
    session[DRAFT] = _closed(draft.as_data(), IN_SESSION)
    if draft.done:  # a first page that is not right yet begins no new request: Back still finds the one just sent
        session.pop(SENT, None)
    if SESSION_KEY not in session:  # a colleague who tries the form stays signed in by the staff's own clock
        session.set_expiry(IDLE_SECONDS)


def clear(session) -> None:
    """Forget the draft."""
    session.pop(DRAFT, None)


def forget(session) -> None:
    """Nothing of what was answered, typed or told in this browser stays but which request it sent."""
    for name in (DRAFT, TRIED, REPORTED, TOPIC):
        session.pop(name, None)


def finish(session, token: str, *, form: str, is_again: bool = False) -> None:
    """After Send of the form of this submission key: its draft is gone, and this browser knows which request it sent, and
    whether we had it already. A draft of another form, begun in another tab, goes on."""
    held = read(session)
    if held is None or held.submission_key == form:
        clear(session)
    session[SENT] = token
    session.pop(AGAIN, None)
    if is_again:
        session[AGAIN] = True


def sent_token(session) -> str:
    """The token of the request this browser has just sent, or ""."""
    return session.get(SENT, "")


def was_sent_again(session) -> bool:
    """Did this browser send, in another form, what we had already?"""
    return session.get(AGAIN, False)


def remember_topic(session, chosen: dict[str, str]) -> None:
    """What somebody asked about on the page they came from, by kind of page, for an hour."""
    session[TOPIC] = _closed(chosen, IN_TOPIC)
    if SESSION_KEY not in session:
        session.set_expiry(IDLE_SECONDS)


def take_topic(session) -> dict[str, str]:
    """The same, once; {} when nothing was asked about."""
    return _opened(session.pop(TOPIC, ""), IN_TOPIC, IDLE_SECONDS) or {}


def remember_report(session, token: str, said: dict[str, Any]) -> None:
    """This browser has just said how the request of this token goes on, so it is told what to do, for an hour."""
    session[REPORTED] = _closed([_request_of(token), said], IN_REPORT)
    if SESSION_KEY not in session:
        session.set_expiry(IDLE_SECONDS)


def report_of(session, token: str) -> dict[str, Any] | None:
    """What this browser has just said about the request of this token; None: nothing."""
    request, said = _opened(session.get(REPORTED, ""), IN_REPORT, IDLE_SECONDS) or ("", None)
    return said if request == _request_of(token) else None


def follow(session, old: str, new: str) -> bool:
    """The link of a request was renewed in this browser: what it sent and said is known by the new one. True: it did."""
    said = report_of(session, old)
    if said is not None:
        remember_report(session, new, said)
    has_sent = _request_of(sent_token(session)) == _request_of(old)
    if has_sent:
        session[SENT] = new
    return has_sent or said is not None


def _request_of(token: str) -> str:
    return token.partition(".")[0]  # the rest is when it was made, and its signature


def tries(session) -> dict[str, dict[str, list[str]]]:
    """What was typed in forms beside the draft and is not right yet, by the place of the form."""
    return _opened(session.get(TRIED, ""), IN_TRIES, IDLE_SECONDS) or {}


def keep_tries(session, tried: dict[str, dict[str, list[str]]]) -> None:
    """Store the newest of them and begin their hour again; none leaves nothing."""
    session.pop(TRIED, None)
    if tried:
        session[TRIED] = _closed(dict(list(tried.items())[-MOST_TRIES:]), IN_TRIES)
        if SESSION_KEY not in session:
            session.set_expiry(IDLE_SECONDS)


def seal(draft: Draft) -> str:
    """The draft for a hidden field of the check page: encrypted, and nobody can change it."""
    return _closed(without_tries(draft).as_data(), ON_PAGE)


def unseal(text: str) -> Draft | None:
    """What `seal` was given; None for anything else, and after two hours."""
    return _draft(_opened(text, ON_PAGE, SEALED_SECONDS))


def _draft(data: Any) -> Draft | None:
    return None if data is None else Draft.from_data(data)


def _closed(data: Any, place: str) -> str:
    packed = zlib.compress(json.dumps([int(time.time()), data], ensure_ascii=False).encode())
    return encrypt(urlsafe_b64encode(packed).decode(), place=place)


def _opened(text: str, place: str, seconds: int) -> Any:
    try:
        at, data = json.loads(zlib.decompress(urlsafe_b64decode(decrypt(text, place=place))))
    except CannotDecrypt:
        return None
    return data if 0 <= time.time() - at <= seconds else None
