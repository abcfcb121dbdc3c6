"""Writes the first `.env`: fresh secrets, readable by its owner alone. A file that is there is never touched."""

import base64
import os
import secrets
import tempfile
from pathlib import Path

TEXT = """\
# Written by `make run`. Keep this file secret and keep a copy: without FIELD_KEYS the stored requests cannot be read.
# .env.example explains every line and lists what else can be set.
SECRET_KEY={secret_key}
FIELD_KEYS=k1:{field_key}
SEARCH_KEY=s1:{search_key}
"""


def write_once(path: Path) -> bool:
    """Write `path` with new secrets, whole or not at all. False when something is there already."""
    if os.path.lexists(path):
        return False
    text = TEXT.format(secret_key=secrets.token_urlsafe(64), field_key=_key(), search_key=_key())
    handle, draft = tempfile.mkstemp(dir=path.parent, prefix=".env-")  # mkstemp makes it readable by its owner alone
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        os.link(draft, path)  # unlike a rename, this fails when another start was faster
    except FileExistsError:
        return False
    finally:
        Path(draft).unlink()
    return True


def _key() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()
