"""The editors' side of the library. Each module registers its models."""

from therapies.admin import (
    article,
    claims,
    condition,
    evidence,
    facts,
    feedback,
    pages,
    redirect,
    revision,
    source,
    treatment,
)

__all__ = [
    "article",
    "claims",
    "condition",
    "evidence",
    "facts",
    "feedback",
    "pages",
    "redirect",
    "revision",
    "source",
    "treatment",
]
