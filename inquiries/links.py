"""The address of one person's request: it names nobody, nobody else can make it, and a newer one ends it."""

import uuid
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import timedelta

from django.core import signing

from inquiries.models import Inquiry

LIVES = timedelta(days=365)
_signer = signing.TimestampSigner(sep=".", salt="inquiries.request")


def token_of(inquiry: Inquiry) -> str:
    """The token that stands for this request in addresses and mails, until its link is renewed."""
    code = inquiry.public_id.bytes + inquiry.link_version.to_bytes(2)
    return _signer.sign(urlsafe_b64encode(code).decode())


def inquiry_of(token: str, *, max_age: timedelta = LIVES) -> Inquiry | None:
    """Whose request a token stands for; None when it is changed, made up, too old or replaced by a newer one."""
    try:
        code = urlsafe_b64decode(_signer.unsign(token, max_age=max_age))
        public_id, version = uuid.UUID(bytes=code[:16]), int.from_bytes(code[16:])
    except (signing.BadSignature, ValueError):
        return None
    return Inquiry.objects.filter(public_id=public_id, link_version=version, anonymised_at=None).first()
