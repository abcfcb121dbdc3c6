"""What makes a request look like a machine's. It only puts the request before a person; nothing is refused."""

import re

from inquiries.path import TEXTS, Draft

FASTEST_SECONDS = 3  # for the whole form
MOST_LINKS = 1
LINK = re.compile(r"https?://|www\.|\[url", re.IGNORECASE)


def signs_of_spam(draft: Draft, *, trap: str, now: float) -> tuple[str, ...]:
    """Codes of what is suspect: `trap` is what was typed where people see no field, `now` seconds since the epoch."""
    texts = " ".join(str(draft.answers.get(key, "")) for key in TEXTS)
    found = {
        "trap": bool(trap),
        "too_fast": now - draft.begun_at < FASTEST_SECONDS,
        "links": len(LINK.findall(texts)) > MOST_LINKS,
    }
    return tuple(code for code, is_so in found.items() if is_so)
