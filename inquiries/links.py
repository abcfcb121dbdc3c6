"""The address of one person's request: it names nobody, and nobody else can make it."""

import uuid
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import timedelta

from django.core import signing

LIVES = timedelta(days=365)
_signer = signing.TimestampSigner(sep=".", salt="inquiries.request")


def token_of(public_id: uuid.UUID) -> str:
    """The token that stands for this request in addresses and mails."""
    return _signer.sign(urlsafe_b64encode(public_id.bytes).decode().rstrip("="))


def public_id_in(token: str, *, max_age: timedelta = LIVES) -> uuid.UUID | None:
    """Whose request a token stands for; None when it is changed, made up or too old."""
    try:
        return uuid.UUID(bytes=urlsafe_b64decode(_signer.unsign(token, max_age=max_age) + "=="))
    except (signing.BadSignature, ValueError):
        return None
