"""What a patient sees: the form page by page, and the confirmation."""

from inquiries.views.check import check
from inquiries.views.pages import advice, page
from inquiries.views.private import csrf_failure
from inquiries.views.sent import sent, sent_token
from inquiries.views.start import help_by_phone, leave, start, under_18

__all__ = [
    "advice",
    "check",
    "csrf_failure",
    "help_by_phone",
    "leave",
    "page",
    "sent",
    "sent_token",
    "start",
    "under_18",
]
