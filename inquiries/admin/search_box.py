"""The search box of the list of requests. What staff type may name a patient, so it is posted, and what then stands
in the address, the history of the browser and a proxy's log is sealed."""

from django.http import HttpResponseRedirect

from clinic.encryption import CannotDecrypt, decrypt, encrypt
from inquiries import search

PLACE = "inquiries.search_box"
MARK = "sealed:"
FIELD = "term"


def seal(term):
    """What stands in the address for this term: a reference as it is, since it names nobody; all else encrypted."""
    return search.reference_in(term) or MARK + encrypt(term, place=PLACE)


def unseal(query):
    """The term of an address. A term that was not sealed counts only if it is a reference; else "" (finds nothing)."""
    if not query.startswith(MARK):
        return search.reference_in(query)
    try:
        return decrypt(query.removeprefix(MARK), place=PLACE)
    except CannotDecrypt:
        return ""


def sealed_address(request):
    """Where a posted search leads: the same list and filters, the term sealed."""
    query = request.GET.copy()
    for name in ("q", "p", "e", "check"):
        query.pop(name, None)
    term = request.POST[FIELD].strip()
    if term:
        query["q"] = seal(term[: search.LONGEST_TERM + 1])  # one too many finds nothing, however long it was
    response = HttpResponseRedirect(f"{request.path}?{query.urlencode()}" if query else request.path)
    response.status_code = 303
    return response
