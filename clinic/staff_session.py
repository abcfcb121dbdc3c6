"""How long a staff session lives, and whether it passed the second step."""

import hmac
import time

from django.conf import settings
from django.contrib.auth import SESSION_KEY, logout

from clinic.client_address import is_from_this_machine
from clinic.models import ClinicProfile

STARTED = "staff_started"
SEEN = "staff_seen"
TWO_STEP = "two_step"
BEGUN = "two_step_begun"
SEEN_EVERY = 60  # a page costs a write at most once in this many seconds


def begin(sender, request, user, **kwargs):
    """Signal handler: a password was accepted, so the clocks start and the second step is still to come."""
    request.session[STARTED] = request.session[SEEN] = int(time.time())
    for name in (TWO_STEP, BEGUN):
        request.session.pop(name, None)


def end_if_over(request) -> None:
    """Sign out who was idle or signed in too long, and accounts that may no longer be here. Else note the visit."""
    session = request.session
    if SESSION_KEY not in session:
        return
    now = int(time.time())
    seen = session.get(SEEN, 0)
    if (
        not request.user.is_authenticated
        or now - seen > settings.STAFF_IDLE_SECONDS
        or now - session.get(STARTED, 0) > settings.STAFF_SESSION_SECONDS
        or not may_sign_in(request.user)
    ):
        logout(request)
    elif abs(now - seen) >= SEEN_EVERY:
        session[SEEN] = now


def may_sign_in(staff) -> bool:
    """Demonstration accounts work only while the clinic is a demonstration."""
    return not staff.is_demo or ClinicProfile.is_demonstration()


def pass_second_step(request) -> None:
    """Note that this session showed a code, under a new session id."""
    request.session.cycle_key()
    request.session.pop(BEGUN, None)
    request.session[TWO_STEP] = request.user.two_step_key


def passed_second_step(request) -> bool:
    """Did this session show a code of the authenticator that is in force now?"""
    held, key = request.session.get(TWO_STEP, ""), request.user.two_step_key
    return bool(key) and hmac.compare_digest(held, key)


def second_step_is_due(request) -> bool:
    """Must this signed-in person show a code before anything opens?

    Always, but for one case: someone without an authenticator looks at the demonstration on its own machine.
    """
    if passed_second_step(request):
        return False
    if request.user.two_step_key or not is_from_this_machine(request):
        return True
    return not ClinicProfile.is_demonstration()
