"""The second step of signing in: enrolling an authenticator, checking codes, recovery codes.

A code works once. Wrong codes slow down: from the sixth on, each locks the second step for longer, up to 15 minutes.
"""

import secrets
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from clinic import totp
from clinic.encryption import is_unreadable, keyed_hash
from clinic.models import Authenticator, RecoveryCode, Staff

FREE_FAILURES = 5
LONGEST_LOCK = timedelta(minutes=15)
RECOVERY_CODES = 10
RECOVERY_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # without letters that look like digits
PURPOSE = "recovery code"


class WrongCode(Exception):
    """The code is wrong, old or used."""


class Locked(WrongCode):
    """Too many wrong codes: nothing is looked at until the lock ends."""


def begin(staff: Staff) -> Authenticator:
    """A fresh secret, not yet in force. Refused (WrongCode) while an authenticator is in force: reset that first.

    It is a new row in place of one begun before, so its `pk` names this beginning and no other. Keep it in the session:
    who else knows the password could begin too, copy the secret and wait for the owner to confirm it.
    """
    try:
        with transaction.atomic():
            # One statement, so one that is confirmed at this moment is not deleted.
            Authenticator.objects.filter(staff=staff, confirmed_at__isnull=True).delete()
            return Authenticator.objects.create(staff=staff, secret=totp.new_secret())
    except IntegrityError:  # there is one in force, or another session began at this moment
        raise WrongCode from None


def begun(staff: Staff, pk: int | None) -> Authenticator | None:
    """The authenticator that was begun under this `pk`, while it is neither confirmed nor replaced."""
    return Authenticator.objects.filter(pk=pk, staff=staff, confirmed_at__isnull=True).first() if pk else None


def confirm(staff: Staff, typed: str, *, pk: int | None, now: datetime | None = None) -> list[str]:
    """Put the authenticator begun under `pk` in force and return its recovery codes, which are never seen again."""
    now = now or timezone.now()
    authenticator = begun(staff, pk)
    if authenticator is None:
        raise WrongCode
    _take_turn(authenticator, now)
    step = _matching_step(authenticator, tidy(typed), now)
    if step is None:
        raise WrongCode
    with transaction.atomic():
        if not Authenticator.objects.filter(pk=authenticator.pk, confirmed_at__isnull=True).update(
            confirmed_at=now, last_step=step, failures=0, locked_until=None
        ):
            raise WrongCode
        staff.two_step_key = secrets.token_hex(16)
        staff.save(update_fields=["two_step_key"])
        return _new_codes(staff)


def check(staff: Staff, typed: str, *, now: datetime | None = None) -> None:
    """Accept a code of the authenticator or an unused recovery code, once. Raises WrongCode or Locked."""
    now = now or timezone.now()
    authenticator = _in_force(staff)
    _take_turn(authenticator, now)
    typed = tidy(typed)
    step = _matching_step(authenticator, typed, now)
    accepted = Authenticator.objects.filter(pk=authenticator.pk)
    if step is not None:
        accepted = accepted.filter(last_step__lt=step)
        fields = {"last_step": step}
    elif RecoveryCode.objects.filter(
        staff=staff, code_hash=keyed_hash(typed, purpose=PURPOSE), used_at__isnull=True
    ).update(used_at=now):
        fields = {}
    else:
        raise WrongCode
    if not accepted.update(failures=0, locked_until=None, **fields):
        raise WrongCode


def renew_codes(staff: Staff, typed: str, *, now: datetime | None = None) -> list[str]:
    """Ten new recovery codes in place of the old ones, for who shows a code."""
    check(staff, typed, now=now)
    with transaction.atomic():
        return _new_codes(staff)


@transaction.atomic
def reset(staff: Staff) -> None:
    """Forget the authenticator and recovery codes. Sessions that passed the second step with it end."""
    Authenticator.objects.filter(staff=staff).delete()
    RecoveryCode.objects.filter(staff=staff).delete()
    staff.two_step_key = ""
    staff.save(update_fields=["two_step_key"])


def forget_recovery_codes() -> int:
    """Under a new SEARCH_KEY no old code can match, and the codes themselves are not stored: drop them."""
    return RecoveryCode.objects.all().delete()[0]


def tidy(typed: str) -> str:
    """A code as typed, without the spaces, hyphens and capitals people add."""
    return "".join(letter for letter in typed.casefold() if letter.isalnum())[:40]


def _in_force(staff: Staff) -> Authenticator:
    found = Authenticator.objects.filter(staff=staff, confirmed_at__isnull=False).first()
    if found is None:
        raise WrongCode
    return found


def _matching_step(authenticator: Authenticator, typed: str, now: datetime) -> int | None:
    if is_unreadable(authenticator.secret):
        return None
    return totp.matching_step(authenticator.secret, typed, at=now.timestamp(), after=authenticator.last_step)


def _take_turn(authenticator: Authenticator, now: datetime) -> None:
    """Count this try as wrong before looking at the code; a right one takes it back. So parallel guesses queue up."""
    failures = authenticator.failures + 1
    over = failures - FREE_FAILURES
    locked_until = now + min(timedelta(minutes=2 ** min(over - 1, 10)), LONGEST_LOCK) if over > 0 else None
    free = Q(locked_until__isnull=True) | Q(locked_until__lte=now)
    turn = Authenticator.objects.filter(free, pk=authenticator.pk, failures=authenticator.failures)
    if not turn.update(failures=failures, locked_until=locked_until):
        raise Locked


def _new_codes(staff: Staff) -> list[str]:
    RecoveryCode.objects.filter(staff=staff).delete()
    codes = [
        "-".join("".join(secrets.choice(RECOVERY_LETTERS) for _ in range(5)) for _ in range(2))
        for _ in range(RECOVERY_CODES)
    ]
    RecoveryCode.objects.bulk_create(
        RecoveryCode(staff=staff, code_hash=keyed_hash(tidy(code), purpose=PURPOSE)) for code in codes
    )
    return codes
