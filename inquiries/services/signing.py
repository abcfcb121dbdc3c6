"""The signature of a clinical lead on the safety questions."""

from django.db import IntegrityError, transaction

from clinic.models import Staff
from inquiries import safety, signing
from inquiries.models import SafetySignOff


class NotWhatWasRead(Exception):
    """The questions changed after the page was opened; the text says what to do."""


def sign(*, actor: Staff, sha256: str) -> SafetySignOff:
    """Sign the safety questions with this hash, once. Raises NotWhatWasRead. Whether `actor` may is for the edge."""
    if sha256 != signing.current_hash():
        raise NotWhatWasRead("The questions have changed since you opened this page. Read them again before you sign.")
    try:
        with transaction.atomic():
            return SafetySignOff.objects.create(sha256=sha256, version=safety.VERSION, signed_by=actor)
    except IntegrityError:
        return SafetySignOff.objects.get(sha256=sha256)  # a colleague was first: it is signed
