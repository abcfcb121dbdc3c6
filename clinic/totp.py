"""Time-based one-time passwords, as authenticator apps make them (RFC 6238: SHA-1, six digits, 30 seconds). Pure."""

import base64
import hashlib
import hmac
import os
from urllib.parse import quote, urlencode

STEP_SECONDS = 30
DIGITS = 6
# A clock may be one step off either way.
TOLERANCE = (0, -1, 1)


def new_secret() -> str:
    """160 random bits in base32, as authenticator apps take them."""
    return base64.b32encode(os.urandom(20)).decode()


def code(secret: str, step: int) -> str:
    """The code an authenticator with this secret shows during `step` (seconds since 1970, divided by 30)."""
    digest = hmac.new(base64.b32decode(secret), step.to_bytes(8, "big"), hashlib.sha1).digest()
    offset = digest[-1] & 0x0F
    number = int.from_bytes(digest[offset : offset + 4], "big") & 0x7FFFFFFF
    return f"{number % 10**DIGITS:0{DIGITS}}"


def matching_step(secret: str, typed: str, *, at: float, after: int) -> int | None:
    """The step whose code was typed: about now and later than `after`, the last one used. None when there is none."""
    now = int(at) // STEP_SECONDS
    for step in (now + shift for shift in TOLERANCE):
        if step > after and hmac.compare_digest(code(secret, step).encode(), typed.encode()):
            return step
    return None


def enrolment_address(secret: str, *, account: str, issuer: str) -> str:
    """The otpauth address a QR code carries."""
    label = quote(f"{issuer}:{account}")
    return f"otpauth://totp/{label}?" + urlencode({"secret": secret, "issuer": issuer}, quote_via=quote)
