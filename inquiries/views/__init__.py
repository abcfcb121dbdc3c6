"""What a patient sees: the form page by page, and the confirmation."""

from inquiries.views.check import check
from inquiries.views.pages import advice, page
from inquiries.views.private import csrf_failure
from inquiries.views.sent import sent
from inquiries.views.start import help_by_phone, leave, start, under_18
from inquiries.views.status import act, find, status
from inquiries.views.told import told

__all__ = [
    "act",
    "advice",
    "check",
    "csrf_failure",
    "find",
    "help_by_phone",
    "leave",
    "page",
    "sent",
    "start",
    "status",
    "told",
    "under_18",
]
