"""From working copy to what the public sees, and back. Every change of the library's version happens here."""

from therapies.publishing.direct import publish
from therapies.publishing.people import contributed
from therapies.publishing.refusal import PublishingRefused
from therapies.publishing.releasing import publish_approved, schedule, set_expiry, withdraw
from therapies.publishing.restoring import restore
from therapies.publishing.reviewing import approve, pass_review, reject, submit
from therapies.publishing.reviews import record_review
from therapies.publishing.rules import approves_as_demonstration, clinician_behind
from therapies.publishing.scheduled import Done, run_schedule
from therapies.publishing.version import library_changed, new_version

__all__ = [
    "Done",
    "PublishingRefused",
    "approve",
    "approves_as_demonstration",
    "clinician_behind",
    "contributed",
    "library_changed",
    "new_version",
    "pass_review",
    "publish",
    "publish_approved",
    "record_review",
    "reject",
    "restore",
    "run_schedule",
    "schedule",
    "set_expiry",
    "submit",
    "withdraw",
]
