"""The shape of what names a publication: DOI and PubMed number. Pure."""

import re
from urllib.parse import urlsplit

DOI = re.compile(r"10\.[0-9]{4,9}(?:\.[0-9]+)*/[!-~]+")
DOI_ADDRESS = re.compile(r"(?:https?://(?:dx\.|www\.)?doi\.org/|doi:\s*)", re.IGNORECASE)
PUBMED = {"pubmed.ncbi.nlm.nih.gov", "www.pubmed.gov", "pubmed.gov"}
PMID = re.compile(r"/[1-9][0-9]{0,7}/?")


def bare_doi(text: str) -> str:
    """A DOI as it is kept: without the address or the word in front of it that people paste along."""
    return DOI_ADDRESS.sub("", text.strip(), count=1)


def doi_problem(doi: str) -> str:
    """What is wrong with the shape of a DOI; "" if nothing is, or if there is none."""
    if not doi or DOI.fullmatch(doi):
        return ""
    if DOI_ADDRESS.match(doi):
        return f"write the DOI alone: {bare_doi(doi)}"
    return "a DOI looks like 10.1000/abc.123: 10, a dot, a number, a slash, and letters or digits without a space"


def pmid_problem(url: str) -> str:
    """What is wrong with the number in an address at PubMed; "" for every other address."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return "this is no address"
    if host in PUBMED and not PMID.fullmatch(parts.path):
        return "an address at PubMed ends in the number of the article, like https://pubmed.ncbi.nlm.nih.gov/12345678/"
    return ""
