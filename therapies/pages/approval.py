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
