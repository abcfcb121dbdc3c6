"""Pure: what a browser can unpack, and the same bytes packed for it."""

import gzip
import re
from functools import lru_cache

import brotli

# Best first. "" is the bytes as they are, which every browser takes.
ENCODINGS = ("br", "gzip", "")
INDENTATION = re.compile(rb"\s*\n\s*")


@lru_cache(maxsize=256)
def best_encoding(accept: str) -> str:
    """The encoding to answer an Accept-Encoding header with: the one the browser wants most, brotli where it does not care.

    Browsers send few different headers, so each is read once.
    """
    wanted: dict[str, float] = {}
    for part in accept.lower().split(","):
        name, _, parameter = part.partition(";")
        wanted[name.strip()] = _quality(parameter)
    anything = wanted.get("*", 0.0)
    qualities = {name: wanted.get(name, anything) for name in ENCODINGS if name}
    best = max(qualities, key=lambda name: qualities[name])  # the first of equals
    # Plain bytes are acceptable unless refused, and preferred only when something is said for them.
    return best if qualities[best] > 0 and qualities[best] >= wanted.get("identity", 0.0) else ""


def _quality(parameter: str) -> float:
    name, _, value = parameter.partition("=")
    if name.strip() != "q":
        return 1.0
    try:
        quality = float(value)
    except ValueError:
        return 0.0
    return quality if 0 <= quality <= 1 else 0.0  # what is no number is no wish


def squeezed(html: bytes) -> bytes:
    """The same page without the indentation and the empty lines that templates leave behind.

    For public pages: they hold no text whose lines a browser shows as written (pre, textarea).
    """
    return INDENTATION.sub(b"\n", html)


def packed(content: bytes) -> dict[str, bytes]:
    """The content in each encoding that makes it smaller, and as it is."""
    found = {"": content}
    # Brotli's best: a page is packed once a version, and every reader downloads it.
    for name, short in (("br", brotli.compress(content, quality=11)), ("gzip", gzip.compress(content, 9, mtime=0))):
        if len(short) < len(content):
            found[name] = short
    return found
