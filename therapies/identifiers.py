"""The shape of what names a publication: DOI and PubMed number. Pure."""

import re
from urllib.parse import SplitResult, unquote, urlsplit

from clinic.characters import visible

DOI = re.compile(r"10\.[0-9]{4,9}(?:\.[0-9]+)*/[!-~]+")
DOI_ADDRESS = re.compile(r"(?:https?://)?(?:dx\.|www\.)?doi\.org/", re.IGNORECASE)
DOI_WORD = re.compile(r"doi:\s*", re.IGNORECASE)
END_OF_A_SENTENCE = ".,;"
DOI_LOOKS_LIKE = "a DOI looks like 10.1000/abc.123: 10, a dot, a number, a slash, and letters or digits without a space"
AT_PUBMED = "https://pubmed.ncbi.nlm.nih.gov"
PUBMED = {"pubmed.ncbi.nlm.nih.gov", "www.pubmed.gov", "pubmed.gov"}
OLD_PUBMED, OLD_PLACE = {"www.ncbi.nlm.nih.gov", "ncbi.nlm.nih.gov"}, "/pubmed"
HOST = re.compile(r"[^\s.]+(\.[^\s.]+)+\.?|.*:.*")  # a name with a dot in it, or an address of IPv6
PMID = re.compile(r"/([1-9][0-9]{0,7})/?")


def bare_doi(text: str) -> str:
    """A DOI as it is kept: without what people paste along with it, such as its address or the end of a sentence."""
    doi = visible(text)
    if address := DOI_ADDRESS.match(doi):
        doi = unquote(re.split("[?#]", doi[address.end() :])[0])
    else:
        doi = DOI_WORD.sub("", doi, count=1)
    return doi.rstrip(END_OF_A_SENTENCE)


def doi_problem(doi: str) -> str:
    """What is wrong with the shape of a DOI; "" if nothing is, or if there is none."""
    if not doi or DOI.fullmatch(doi):
        return ""
    if DOI_ADDRESS.match(doi) or DOI_WORD.match(doi):
        return f"write the DOI alone: {bare_doi(doi)}"
    return DOI_LOOKS_LIKE


def bare_url(url: str) -> str:
    """An address as it is kept: one at PubMed in one form, with the number alone, and every other as it is."""
    parts = _parts(url)
    number = PMID.fullmatch(_place_at_pubmed(parts)) if parts else None
    return f"{AT_PUBMED}/{number[1]}/" if number else url


def url_problem(url: str) -> str:
    """What keeps a reader from following an address, as far as its shape can say; "" if nothing does."""
    if not url:
        return ""
    parts = _parts(url)
    if parts is None:
        return "this is no address"
    if parts.scheme not in {"http", "https"}:
        return "an address begins with https://"
    if not HOST.fullmatch(parts.hostname or ""):
        return "an address names a site after https://, like https://example.org/"
    if re.search(r"\s", url):
        return "an address holds no space"
    place = _place_at_pubmed(parts)
    if place and not PMID.fullmatch(place):
        return f"an address at PubMed ends in the number of the article, like {AT_PUBMED}/12345678/"
    if DOI_ADDRESS.match(url) and not DOI.fullmatch(bare_doi(url)):
        return DOI_LOOKS_LIKE
    return ""


def _parts(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018 - it raises for what is no port
        return parts if parts.hostname is not None or parts.scheme else None
    except ValueError:
        return None


def _place_at_pubmed(parts: SplitResult) -> str:
    """The path of an address at PubMed, "" for every other."""
    host = parts.hostname or ""
    if host in PUBMED:
        return parts.path or "/"
    if host in OLD_PUBMED and (parts.path == OLD_PLACE or parts.path.startswith(f"{OLD_PLACE}/")):
        return parts.path.removeprefix(OLD_PLACE) or "/"
    return ""
