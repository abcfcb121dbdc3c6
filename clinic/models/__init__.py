from clinic.models.keys import KeyCanary
from clinic.models.post import OutboxEmail
from clinic.models.profile import Clinician, ClinicProfile, Holiday, OpeningHours, Weekday
from clinic.models.staff import Authenticator, RecoveryCode, Staff

__all__ = [
    "Authenticator",
    "ClinicProfile",
    "Clinician",
    "Holiday",
    "KeyCanary",
    "OpeningHours",
    "OutboxEmail",
    "RecoveryCode",
    "Staff",
    "Weekday",
]
