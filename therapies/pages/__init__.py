"""What each public page shows, as plain values for its template: read from the library, nothing else."""

from therapies.pages.article import ArticlePage, article_page
from therapies.pages.condition import ConditionPage, condition_page
from therapies.pages.treatment import TreatmentPage, treatment_page

__all__ = ["ArticlePage", "ConditionPage", "TreatmentPage", "article_page", "condition_page", "treatment_page"]
