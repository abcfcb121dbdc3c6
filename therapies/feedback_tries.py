"""Feedback that is posted with errors: what was typed lies encrypted in the session for an hour, and is shown after a redirect.

So no page in a browser's history is the answer to a POST. Only who posts errors gets a session for it.
"""

import json
import time

from django.contrib.auth import SESSION_KEY
from django.http import QueryDict
from django.utils import timezone

from clinic.client_address import client_address
from clinic.daily_limit import DailyLimit
from clinic.encryption import CannotDecrypt, decrypt, encrypt
from clinic.private_pages import DATABASE_IS_DOWN, is_stored, save

TRIED, PLACE = "feedback_tried", "therapies.feedback.session"
SECONDS = 60 * 60
LARGEST = 20_000  # characters: forty times what a comment takes
A_DAY = 200  # pages with errors kept for one address on the network
limit = DailyLimit(A_DAY)


def is_kept(request, form) -> bool:
    """Store what was typed about this page. False: it cannot be kept, so answer directly."""
    typed = {name: form.data[name] for name in form.fields if name in form.data}
    text = json.dumps([int(time.time()), _path_of(form.about), typed])
    if len(text) > LARGEST or not limit.allows(client_address(request), timezone.now().date()):
        return False
    return is_stored(request, lambda: _keep(request, text))


def kept(request, about) -> QueryDict | None:
    """What was typed about this page, as a form takes it; None when nothing was, or longer than an hour ago."""
    try:
        at, path, typed = json.loads(decrypt(request.session.get(TRIED, ""), place=PLACE))
    except (CannotDecrypt, *DATABASE_IS_DOWN):
        return None
    if path != _path_of(about) or not 0 <= time.time() - at <= SECONDS:
        return None
    data = QueryDict(mutable=True)
    data.update(typed)
    return data


def forget(request) -> None:
    """It was sent."""
    is_stored(request, lambda: _forget(request))


def _keep(request, text):
    session = request.session
    if SESSION_KEY not in session:  # staff stay signed in by their own clock
        session.set_expiry(SECONDS)
    session[TRIED] = encrypt(text, place=PLACE)
    request.has_new_session = session.session_key is None  # one that is there has sent its cookie
    save(request)


def _forget(request):
    if request.session.pop(TRIED, None):
        save(request)


def _path_of(about):
    return about.url if about else ""
