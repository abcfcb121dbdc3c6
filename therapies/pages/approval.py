"""Whether a treatment is approved where the clinic is, when that was last checked, and what it costs."""

import datetime
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.safestring import SafeString

from therapies import prose
from therapies.library import Clinic, LivePage
from therapies.models import RegulatoryStatus

# fmt: off
EU = frozenset({
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU",
    "IE", "IT", "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK",
})
# fmt: on
PLACES = {"US": "United States", "EU": "European Union", "GB": "United Kingdom"}
STATUSES = dict(RegulatoryStatus.Status.choices)
SYMBOLS = {"USD": "$", "EUR": "€", "GBP": "£"}

# Where anyone may report harm from a treatment.
REPORT_HARM = {
    "US": (
        "FDA MedWatch",
        "https://www.fda.gov/safety/medwatch-fda-safety-information-and-adverse-event-reporting-program",
    ),
    "GB": ("the MHRA Yellow Card scheme", "https://yellowcard.mhra.gov.uk/"),
}

# Said by itself wherever a cell therapy without approval is described: what has (not) happened, now and when last checked.
NO_APPROVAL = {
    "US": (
        "The US Food and Drug Administration (FDA) has not approved this cell treatment.",
        "When this was last checked, the US Food and Drug Administration (FDA) had not approved this cell treatment.",
    ),
    "EU": (
        "This cell treatment is not approved in the European Union.",
        "When this was last checked, this cell treatment was not approved in the European Union.",
    ),
    "GB": (
        "This cell treatment is not approved in the United Kingdom.",
        "When this was last checked, this cell treatment was not approved in the United Kingdom.",
    ),
}
NO_RECORD = "We have no record that this cell treatment is approved where this clinic is."
ASK_YOUR_DOCTOR = "Talk with your own doctor before you decide on it."
ALLOWED = frozenset({"approved", "exempt"})


@dataclass(frozen=True)
class Approval:
    """The status of a treatment in one place. Past its recheck date it is no longer shown as the current one."""

    place: str
    status: str
    statement: str
    cites: SafeString
    checked_on: datetime.date | None
    is_here: bool
    is_current: bool

    @property
    def short(self) -> str:
        """The status in a cell."""
        return self.status if self.is_current else "Being checked again"


def jurisdiction(country: str) -> str:
    """The place whose rules hold for a clinic in this country, "" where we record none."""
    if country in EU:
        return "EU"
    return country if country in PLACES else ""


def approvals(page: LivePage, clinic: Clinic, citations: prose.Citations, today: datetime.date) -> list[Approval]:
    """The statuses of a treatment, the one that holds at the clinic first."""
    here = jurisdiction(clinic.country)
    rows = sorted(page.document["regulatory"], key=lambda row: row["jurisdiction"] != here)
    return [_approval(row, page, here, citations, today) for row in rows]


def _approval(
    row: dict[str, Any], page: LivePage, here: str, citations: prose.Citations, today: datetime.date
) -> Approval:
    # Dates are live facts: they stand beside the approved document, and only there.
    dates = page.live.get("regulatory_dates", {}).get(row["jurisdiction"], {})
    due = dates.get("recheck_due")
    return Approval(
        place=PLACES[row["jurisdiction"]],
        status=STATUSES[row["status"]],
        statement=row["public_statement"],
        cites=prose.links(citations.numbers([row["source"]] if row["source"] else [])),
        checked_on=dates.get("checked_on"),
        is_here=row["jurisdiction"] == here,
        is_current=due is None or due >= today,
    )


def approval_here(page: LivePage | None, clinic: Clinic, today: datetime.date) -> str:
    """The status where the clinic is, short enough for a cell; "" where the page records none."""
    if page is None:
        return ""
    found = approvals(page, clinic, prose.Citations(()), today)
    return found[0].short if found and found[0].is_here else ""


def notice(page: LivePage | None, clinic: Clinic, today: datetime.date) -> str:
    """The notice of an unapproved cell therapy, "" for everything else. Nobody has to remember to write it.

    What the law of the clinic's place wants said besides is the clinic's own text.
    """
    if page is None or page.document["cell_source"] == "none":
        return ""
    here = jurisdiction(clinic.country)
    row = next((row for row in page.document["regulatory"] if row["jurisdiction"] == here), None)
    if row is None:
        said = NO_RECORD
    elif row["status"] in ALLOWED:
        return ""
    else:
        is_current = _approval(row, page, here, prose.Citations(()), today).is_current
        said = NO_APPROVAL[here][0 if is_current else 1]
    return " ".join(filter(None, [said, clinic.cell_therapy_notice or ASK_YOUR_DOCTOR]))


def cost(page: LivePage | None, clinic: Clinic) -> str:
    """What a reader would pay, short enough for a cell: our price where we offer it, then what the page says of cost."""
    if page is None:
        return ""
    parts = [f"Here: {own}." if (own := price(page, clinic).rstrip(".")) and page.document["offered_here"] else ""]
    for line in page.document["key_facts"]:
        label, colon, text = line.partition(":")
        if colon and label.strip().lower() == "cost":
            parts.append(text.strip())
    return " ".join(filter(None, parts))


def price(page: LivePage, clinic: Clinic) -> str:
    """What the treatment costs here: "$700 to $1,200", or the reason why no price is shown. "" if neither is known."""
    low, high = page.live.get("price_low"), page.live.get("price_high")
    if low is None or high is None:
        return str(page.live.get("price_on_request_reason", ""))
    if low == high:
        return amount(low, clinic.currency)
    return f"{amount(low, clinic.currency)} to {amount(high, clinic.currency)}"


def amount(value: Decimal, currency: str) -> str:
    """Money as readers write it: whole amounts without cents."""
    digits = f"{value:,.0f}" if value == value.to_integral_value() else f"{value:,.2f}"
    symbol = SYMBOLS.get(currency)
    return f"{symbol}{digits}" if symbol else f"{digits} {currency}"
