"""The editors' side of the library. Each module registers its models."""

from therapies.admin import article, condition, evidence, facts, feedback, redirect, revision, source, treatment

__all__ = ["article", "condition", "evidence", "facts", "feedback", "redirect", "revision", "source", "treatment"]
