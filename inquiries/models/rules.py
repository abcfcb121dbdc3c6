"""What must be true of every stored request, whoever writes it: the constraints of the table."""

from django.db.models import CheckConstraint, ExpressionWrapper, F, Q, TextField, Value
from django.db.models.lookups import Exact, GreaterThan

from inquiries import questionnaire
from inquiries.states import CLOSED, OWNED, Status

CLOSED_CODES, OWNED_CODES = (sorted(status.value for status in group) for group in (CLOSED, OWNED))


def _stored(field):
    """The ciphertext in the database, which can only be asked whether it is there."""
    return ExpressionWrapper(F(field), output_field=TextField())


def _kept_exactly_when(flag, field):
    """`flag` says whether the encrypted `field` holds something."""
    kept, empty = GreaterThan(_stored(field), Value("")), Exact(_stored(field), Value(""))
    return (Q(**{flag: True}) & Q(kept)) | (Q(**{flag: False}) & Q(empty))


RULES = [
    CheckConstraint(
        name="inquiry_has_contact",
        condition=Q(has_email=True) | Q(has_phone=True) | Q(anonymised_at__isnull=False),
        violation_error_message=questionnaire.NO_CONTACT,
    ),
    CheckConstraint(
        name="inquiry_email_flag_is_true",
        condition=_kept_exactly_when("has_email", "email"),
        violation_error_message="Whether there is an email address must be said truly.",
    ),
    CheckConstraint(
        name="inquiry_phone_flag_is_true",
        condition=_kept_exactly_when("has_phone", "phone"),
        violation_error_message="Whether there is a phone number must be said truly.",
    ),
    CheckConstraint(
        name="inquiry_status_is_known",
        condition=Q(status__in=[status.value for status in Status]),
        violation_error_message="This is not a status of a request.",
    ),
    CheckConstraint(
        name="inquiry_closed_has_a_time",
        condition=Q(status__in=CLOSED_CODES, closed_at__isnull=False)
        | (~Q(status__in=CLOSED_CODES) & Q(closed_at__isnull=True)),
        violation_error_message="A closed request, and only a closed one, has the time it was closed.",
    ),
    CheckConstraint(
        name="inquiry_flagged_on_the_site_was_advised",
        condition=~Q(source="web", safety_level="emergency") | Q(safety_advice_shown_at__isnull=False),
        violation_error_message="Who reports an emergency sign reads the advice first.",
    ),
    CheckConstraint(
        name="inquiry_flagged_is_never_suspect",
        condition=~Q(safety_level__in=["urgent", "emergency"]) | Q(is_suspect=False),
        violation_error_message="A request with a warning sign is never treated as spam.",
    ),
    CheckConstraint(
        name="inquiry_typed_in_by_staff",
        condition=Q(source="web", entered_by=None) | (~Q(source="web") & Q(entered_by__isnull=False)),
        violation_error_message="A request that did not come over the site has somebody who typed it in.",
    ),
    CheckConstraint(
        name="inquiry_late_notice_names_a_time",
        condition=Q(late_told_at=None, promised_again_at=None)
        | Q(late_told_at__isnull=False, promised_again_at__isnull=False),
        violation_error_message="Who is told that we are late is told a new time.",
    ),
    CheckConstraint(
        name="inquiry_next_step_has_a_date",
        condition=Q(next_step="", next_step_on=None) | (~Q(next_step="") & Q(next_step_on__isnull=False)),
        violation_error_message="A next step has a date.",
    ),
    CheckConstraint(
        name="inquiry_hold_is_somebodys",
        condition=Q(legal_hold=False, held_by=None, held_at=None)
        | Q(legal_hold=True, held_by__isnull=False, held_at__isnull=False),
        violation_error_message="A legal hold has somebody who asked for it, and a time.",
    ),
    CheckConstraint(
        name="inquiry_in_work_has_an_owner",
        condition=~Q(status__in=OWNED_CODES) | Q(owner__isnull=False),
        violation_error_message="Somebody must own a request that is being worked on.",
    ),
    CheckConstraint(
        name="inquiry_merged_into_another",
        condition=(Q(status=Status.MERGED.value, merged_into__isnull=False) & ~Q(merged_into=F("id")))
        | (~Q(status=Status.MERGED.value) & Q(merged_into=None)),
        violation_error_message="A merged request, and only a merged one, names another that it went into.",
    ),
    CheckConstraint(
        name="inquiry_override_is_somebodys",
        condition=Q(override_level=None, override_by=None, override_at=None)
        | Q(override_level__isnull=False, override_by__isnull=False, override_at__isnull=False),
        violation_error_message="A priority set by hand has somebody who set it, and a time.",
    ),
    CheckConstraint(
        name="inquiry_clock_runs_or_stands",
        condition=Q(due_at=None) | Q(minutes_left=None),
        violation_error_message="A stopped clock has no due time.",
    ),
]
