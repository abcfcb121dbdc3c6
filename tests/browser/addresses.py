"""Every public page, from the content files: test_public_pages.py proves that the site links to these and no others."""

from pathlib import Path

from therapies.addresses import page_url

CONTENT = Path(__file__).resolve().parents[2] / "therapies" / "content"


def pages(kind: str) -> list[str]:
    return sorted(page_url(kind, path.stem) for path in (CONTENT / f"{kind}s").glob("*.yaml"))


CONDITIONS = pages("condition")
TREATMENTS = pages("treatment")
ARTICLES = pages("article")
LISTS = ["/", "/conditions/", "/treatments/", "/glossary/", "/questions-to-ask/", "/sources/"]
CLINIC = ["/about/contact/", "/about/clinicians/"]

KEPT = [*LISTS, *CONDITIONS, *TREATMENTS, *ARTICLES, *CLINIC]  # the same bytes for every reader
FORM = "/consultation/"
SEARCH = "/search/"
MISSING = "/conditions/no-such-condition/"
FOUND, NOT_FOUND = f"{SEARCH}?q=nee+pain", f"{SEARCH}?q=zzzz"
EVERY_PAGE = [
    *KEPT,
    FORM,
    SEARCH,
    FOUND,
    NOT_FOUND,
    f"{FORM}?condition=knee-osteoarthritis",
    f"{FORM}?treatment=prp-injection",
    MISSING,
]
