from inquiries.models.append_only import AppendOnly
from inquiries.models.counter import DailyCounter
from inquiries.models.inquiry import Inquiry, SearchKey
from inquiries.models.privacy import ConsentRecord, ConsentText
from inquiries.models.triage import InquiryEvent, PatientUpdate

__all__ = [
    "AppendOnly",
    "ConsentRecord",
    "ConsentText",
    "DailyCounter",
    "Inquiry",
    "InquiryEvent",
    "PatientUpdate",
    "SearchKey",
]
