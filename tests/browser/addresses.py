"""Every public page, from the content files: test_public_pages.py proves that the site links to these and no others."""

from pathlib import Path

from therapies.addresses import page_url

CONTENT = Path(__file__).resolve().parents[2] / "therapies" / "content"


def pages(kind: str) -> list[str]:
    return sorted(page_url(kind, path.stem) for path in (CONTENT / f"{kind}s").glob("*.yaml"))


CONDITIONS = pages("condition")
TREATMENTS = pages("treatment")
ARTICLES = pages("article")
LISTS = ["/", "/conditions/", "/treatments/", "/evidence/", "/glossary/", "/questions-to-ask/", "/sources/"]
CLINIC = ["/about/contact/", "/about/clinicians/"]

COMPARISONS = [f"{path}compare/" for path in CONDITIONS]
HISTORIES = [f"{path}history/" for path in [*CONDITIONS, *TREATMENTS]]

KEPT = [
    *LISTS,
    *CONDITIONS,
    *TREATMENTS,
    *COMPARISONS,
    *HISTORIES,
    *ARTICLES,
    *CLINIC,
]  # the same bytes for every reader
FORM = "/consultation/"
FORM_HELP = f"{FORM}help/"
SEARCH = "/search/"
FEEDBACK = "/feedback/"
MISSING = "/conditions/no-such-condition/"
FOUND, NOT_FOUND = f"{SEARCH}?q=nee+pain", f"{SEARCH}?q=zzzz"
CHOSEN = [
    "/evidence/?region=knee&certainty=moderate",
    "/evidence/?certainty=high",
    "/conditions/knee-osteoarthritis/compare/?t=prp-injection&t=no-such-treatment",
]
# axe looks at these in every state. The other pages of their kinds are made of the same parts: at those it looks in one light
# on a phone and in the other on a desktop.
WITH_EVERY_PART = {
    "/conditions/knee-osteoarthritis/",
    "/conditions/rheumatoid-arthritis/",
    "/treatments/prp-injection/",
    "/treatments/stem-cell-bmac/",
    "/treatments/joint-replacement/",
    "/about/editorial-policy/",
}
OF_THE_SAME_PARTS = {*CONDITIONS, *TREATMENTS, *ARTICLES} - WITH_EVERY_PART
ALIKE = {*HISTORIES[1:], *COMPARISONS[2:]}  # one or two are looked at for all
EVERY_PAGE = [
    *(path for path in KEPT if path not in ALIKE),
    *CHOSEN,
    FORM,
    SEARCH,
    FEEDBACK,
    f"{FEEDBACK}?page=/conditions/knee-osteoarthritis/",
    f"{FEEDBACK}thanks/",
    FOUND,
    NOT_FOUND,
    FORM_HELP,
    f"{FORM}under-18/",
    "/request/find/",
    f"{FORM}?treatment=prp-injection",
    MISSING,
]
