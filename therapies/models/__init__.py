from therapies.models.condition import BodyRegion, CareAdvice, Condition
from therapies.models.evidence import OutcomeEvidence, Source, TreatmentOption
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
from therapies.models.publishing import LibraryState, LoadedContent, Revision, RevisionPerson
from therapies.models.treatment import AdverseOutcome, Contraindication, RegulatoryStatus, Treatment

__all__ = [
    "AdverseOutcome",
    "AnsweredClaim",
    "Article",
    "BodyRegion",
    "CareAdvice",
    "Condition",
    "Contraindication",
    "GlossaryTerm",
    "Kind",
    "LibraryState",
    "LoadedContent",
    "MedicalCode",
    "OutcomeEvidence",
    "Page",
    "QuestionToAsk",
    "RegulatoryStatus",
    "Revision",
    "RevisionPerson",
    "Section",
    "Source",
    "Synonym",
    "Treatment",
    "TreatmentOption",
]
