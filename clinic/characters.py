"""Pure: characters that have no business in an address, a search, or what people type."""

import re
import unicodedata

# C0, DEL and C1. PostgreSQL refuses NUL and old browsers act on some.
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")

# Direction overrides, zero-width characters, soft hyphen, tags and non-characters: they change how text looks or
# sorts and nobody means them. The joiners U+200C and U+200D stay: Persian, Hindi and emoji need them.
INVISIBLE = re.compile(
    "[\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ufdd0-\ufdef"
    "\U000e0000-\U000e007f" + "".join(chr(plane << 16 | last) for plane in range(17) for last in (0xFFFE, 0xFFFF)) + "]"
)
LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
CONTROL_IN_TEXT = re.compile("[\x01-\x08\x0e-\x1f\x7f-\x9f]")
BLANK = re.compile("[\\s\u200c\u200d\u3164\uffa0\u115f\u1160\u2800]*")


def visible(text: str) -> str:
    """Without invisible characters, composed, trimmed; "" if nothing of it can be seen."""
    text = unicodedata.normalize("NFC", INVISIBLE.sub("", text)).strip()
    return "" if BLANK.fullmatch(text) else text


def line(text: str) -> str:
    """One line of text as people mean it: a line end or a tab is a space, every other control character is left out."""
    return visible(CONTROL.sub("", LINE_ENDS.sub(" ", text).replace("\n", " ").replace("\t", " ")))


def paragraphs(text: str) -> str:
    """Text of several lines as people mean it: one kind of line end, no control characters (a NUL stays)."""
    return visible(CONTROL_IN_TEXT.sub("", LINE_ENDS.sub("\n", text)))
