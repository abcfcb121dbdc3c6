from therapies.models.condition import BodyRegion, CareAdvice, Condition
from therapies.models.evidence import OutcomeEvidence, Source, TreatmentOption
from therapies.models.guard import ClaimRule, ClaimWaiver, FactChange
from therapies.models.page import (
    AnsweredClaim,
    Article,
    GlossaryTerm,
    Kind,
    MedicalCode,
    Page,
    QuestionToAsk,
    Section,
    Synonym,
)
from therapies.models.publishing import LibraryState, LoadedContent, Revision, RevisionEvent, RevisionPerson
from therapies.models.readers import PageFeedback, Redirect
from therapies.models.review import ReviewEvent
from therapies.models.treatment import AdverseOutcome, Contraindication, RegulatoryStatus, Treatment

__all__ = [
    "AdverseOutcome",
    "AnsweredClaim",
    "Article",
    "BodyRegion",
    "CareAdvice",
    "ClaimRule",
    "ClaimWaiver",
    "Condition",
    "Contraindication",
    "FactChange",
    "GlossaryTerm",
    "Kind",
    "LibraryState",
    "LoadedContent",
    "MedicalCode",
    "OutcomeEvidence",
    "Page",
    "PageFeedback",
    "QuestionToAsk",
    "Redirect",
    "RegulatoryStatus",
    "ReviewEvent",
    "Revision",
    "RevisionEvent",
    "RevisionPerson",
    "Section",
    "Source",
    "Synonym",
    "Treatment",
    "TreatmentOption",
]
