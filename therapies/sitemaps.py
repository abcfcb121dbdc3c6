"""What search engines are told about: real pages only."""

import datetime

from therapies.library import Library

LISTS = (
    "/",
    "/conditions/",
    "/treatments/",
    "/glossary/",
    "/questions-to-ask/",
    "/sources/",
    "/about/contact/",
    "/about/clinicians/",
)


def addresses(library: Library) -> list[tuple[str, datetime.date | None]]:
    """(path, day of the last change) of every page that a clinician stands for; nothing while the site is a demonstration."""
    if library.clinic.is_demo:
        return []
    pages = [page for page in library.live_pages if not page.is_demonstration]
    return [(path, None) for path in LISTS] + [(page.url, page.published_at.date()) for page in pages]
