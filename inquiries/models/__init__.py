from inquiries.models.append_only import AppendOnly
from inquiries.models.counter import DailyCounter
from inquiries.models.desk import (
    AccessLog,
    DailyFigures,
    DuplicateDecision,
    Note,
    Presence,
    Reply,
    ReplyTarget,
    SavedReply,
)
from inquiries.models.inquiry import Inquiry
from inquiries.models.privacy import ConsentRecord, ConsentText
from inquiries.models.search_key import SearchKey
from inquiries.models.signing import SafetySignOff
from inquiries.models.triage import ContactAttempt, InquiryEvent, PatientUpdate

__all__ = [
    "AccessLog",
    "AppendOnly",
    "ConsentRecord",
    "ConsentText",
    "ContactAttempt",
    "DailyCounter",
    "DailyFigures",
    "DuplicateDecision",
    "Inquiry",
    "InquiryEvent",
    "Note",
    "PatientUpdate",
    "Presence",
    "Reply",
    "ReplyTarget",
    "SafetySignOff",
    "SavedReply",
    "SearchKey",
]
