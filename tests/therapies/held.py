"""A library held in memory, for tests of what reads it: no database, the documents that tests/factories makes."""

import datetime

from clinic.facts import Clinic
from therapies.addresses import page_url
from therapies.library import Library, LivePage

TODAY = datetime.date(2026, 3, 2)
PUBLISHED = datetime.date(2026, 1, 5)


def clinic(**fields):
    return Clinic(
        **{
            "name": "Example clinic",
            "tagline": "",
            "phone": "(202) 555-0100",
            "tel": "+12025550100",
            "email": "",
            "address_lines": (),
            "how_to_find_us": "",
            "building_access": "",
            "existing_patients": "",
            "country": "US",
            "time_zone": "America/New_York",
            "currency": "USD",
            "emergency_number": "911",
            "crisis_line": "988",
            "cell_therapy_notice": "",
            "is_demo": True,
            "hours": (),
            "hours_text": "Monday to Friday, 8 am to 6 pm",
            "holidays": (),
            **fields,
        }
    )


def live(document, **fields):
    """A document as a live page."""
    return LivePage(
        **{
            "kind": document["kind"],
            "slug": document["slug"],
            "title": document["title"],
            "url": page_url(document["kind"], document["slug"]),
            "document": document,
            "revision": 1,
            "is_demonstration": True,
            "published_on": PUBLISHED,
            "change_note": "First version.",
            "approved_by": None,
            "reviewed_on": None,
            "next_review_due": None,
            "live": {},
            **fields,
        }
    )


def source(key="trial", **fields):
    return {
        "key": key,
        "authors": "Example A",
        "title": f"A study called {key}",
        "publisher": "A journal",
        "year": 2024,
        "doi": f"10.1000/{key}",
        "url": "",
        "kind": "systematic_review",
        "kind_label": "Systematic review",
        "status": "current",
        "check": "checked",
        "superseded_by": "",
        **fields,
    }


def question(key, treatment="", kind="ask_clinic"):
    return {"key": key, "treatment": treatment, "text": f"Question {key}?", "why": f"Because of {key}.", "kind": kind}


def library(*pages, sources=(), glossary=(), questions=(), **clinic_fields):
    """Documents and live pages as the library holds them."""
    return Library(
        version="v1",
        clinic=clinic(**clinic_fields),
        clinicians=(),
        sources={row["key"]: row for row in sources},
        glossary=tuple(glossary),
        questions=tuple(questions),
        live_pages=tuple(page if isinstance(page, LivePage) else live(page) for page in pages),
    )
