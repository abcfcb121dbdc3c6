from inquiries.models.append_only import AppendOnly
from inquiries.models.counter import DailyCounter
from inquiries.models.inquiry import Inquiry
from inquiries.models.privacy import ConsentRecord, ConsentText
from inquiries.models.search_key import SearchKey
from inquiries.models.signing import SafetySignOff
from inquiries.models.triage import ContactAttempt, InquiryEvent, PatientUpdate

__all__ = [
    "AppendOnly",
    "ConsentRecord",
    "ConsentText",
    "ContactAttempt",
    "DailyCounter",
    "Inquiry",
    "InquiryEvent",
    "PatientUpdate",
    "SafetySignOff",
    "SearchKey",
]
