"""What a patient does with a request after Send. Every change leaves an event; nothing here is ever said by staff."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from inquiries import safety
from inquiries.models import ConsentRecord, Inquiry, InquiryEvent, PatientUpdate, SearchKey
from inquiries.promise import promised_at
from inquiries.questionnaire import REQUIRED_CONTACT
from inquiries.services import acknowledgement, alerts, clock, contact_mails, events, ranking, search_keys
from inquiries.states import Status, move_between
from therapies import library

Kind: Any = InquiryEvent.Kind
Said: Any = PatientUpdate.Kind
Step: Any = Inquiry.NextStep
AGAIN = timedelta(minutes=10)
BACK_BY_ANY_WORD = frozenset(
    {
        Status.AWAITING_PATIENT,
        Status.BOOKED,
        Status.DECLINED,
        Status.REDIRECTED,
        Status.UNREACHABLE,
        Status.WITHDRAWN,
    }
)
BACK_BY_A_WARNING_SIGN = frozenset({Status.MERGED, Status.SPAM})


class NotPossible(Exception):
    """What the patient asked for cannot be done any more; the text says what to do instead."""


@transaction.atomic
def report_worse(inquiry: Inquiry, *, text: str, signs: list[dict[str, str]], level: str) -> Inquiry:
    """ "It has got worse": at least urgent, whatever the answers; never lower than before. Who is on duty is told.

    A closed request comes back to the queue without an owner, also one that was merged or marked as spam; one that waits
    for the patient goes on. The same words once more within AGAIN, with nothing done since, change nothing.
    """
    inquiry = _locked(inquiry)
    level = safety.worst([level, "urgent"])
    now = timezone.now()
    if _is_said_again(inquiry, now, Said.WORSE, text, {"signs": signs}):
        return inquiry
    PatientUpdate.objects.create(
        inquiry=inquiry, kind=Said.WORSE, text=text, signs={"signs": signs}, safety_level=level
    )
    was_held_back = _is_held_back(inquiry)
    raised = {
        "safety_level": safety.worst([inquiry.safety_level, level]),
        "safety_advice_shown_at": inquiry.safety_advice_shown_at or now,
        "has_unseen_update": True,
        **_no_suspect(inquiry, now),
    }
    inquiry = _changed(
        inquiry, Kind.WORSE, **{**_back_to_work(inquiry, now, level), **_raised(inquiry, now, level), **raised}
    )
    if was_held_back:
        acknowledgement.owe_held_back(inquiry)
    alerts.tell_duty(inquiry)
    return inquiry


@transaction.atomic
def add_information(inquiry: Inquiry, *, text: str) -> Inquiry:
    """Something more the clinic should know. Words that worry us raise the level."""
    inquiry = _locked(inquiry)
    level = safety.worst(word.level for word in safety.danger_words(text))
    now = timezone.now()
    if _is_said_again(inquiry, now, Said.INFORMATION, text, None):
        return inquiry
    PatientUpdate.objects.create(inquiry=inquiry, kind=Said.INFORMATION, text=text, safety_level=level)
    was_held_back = _is_held_back(inquiry)
    raised: dict[str, Any] = {"has_unseen_update": True, **_back_to_work(inquiry, now, level)}
    if level in safety.ALERTING:
        raised |= {
            **_raised(inquiry, now, level),
            "safety_level": safety.worst([inquiry.safety_level, level]),
            "safety_advice_shown_at": inquiry.safety_advice_shown_at or now,
            **_no_suspect(inquiry, now),
        }
    inquiry = _changed(inquiry, Kind.INFORMED, **raised)
    if level in safety.ALERTING:
        if was_held_back:
            acknowledgement.owe_held_back(inquiry)
        alerts.tell_duty(inquiry)
    return inquiry


@transaction.atomic
def change_contact(inquiry: Inquiry, *, email: str, phone: str, country: str) -> Inquiry:
    """New details in place of the old ones. Older links end; the old address is told, the new one gets the link, and what
    was still owed to the old one."""
    inquiry = _locked(inquiry)
    old = inquiry.email
    inquiry = _changed(
        inquiry,
        Kind.CONTACT_CHANGED,
        email=email,
        phone=phone,
        has_email=bool(email),
        has_phone=bool(phone),
        contact_method=_way(inquiry.contact_method, email=email, phone=phone),
        link_version=inquiry.link_version + 1,
        has_unseen_update=True,
    )
    SearchKey.objects.filter(inquiry=inquiry).delete()
    search_keys.make(inquiry, country=country)
    if old and old != email:
        contact_mails.follow(inquiry, old)
        contact_mails.tell_old_address(inquiry, old)
    if email:
        contact_mails.send_link(inquiry)
    return inquiry


@transaction.atomic
def withdraw(inquiry: Inquiry) -> Inquiry:
    """The patient wants nothing more of it. Raises NotPossible for one that is closed."""
    inquiry = _locked(inquiry)
    here = Status(inquiry.status)
    if here == Status.WITHDRAWN:
        return inquiry
    if move_between(here, Status.WITHDRAWN) is None:
        raise NotPossible("This request is closed already. To change that, call us.")
    inquiry = _changed(
        inquiry,
        Kind.MOVED,
        detail="by_patient",
        status=Status.WITHDRAWN.value,
        closed_at=timezone.now(),
        outcome="by_patient",
        patient_told=Inquiry.PatientTold.NOT_NEEDED,
        **clock.ended(),
    )
    contact_mails.tell_update(inquiry, by_staff=False)
    return inquiry


@transaction.atomic
def ask_erasure(inquiry: Inquiry) -> Inquiry:
    """The patient wants to be forgotten: whoever is in charge of privacy sees it and does it."""
    inquiry = _locked(inquiry)
    if inquiry.erasure_asked_at:
        return inquiry
    return _changed(inquiry, Kind.ASKED_ERASURE, erasure_asked_at=timezone.now(), has_unseen_update=True)


@transaction.atomic
def withdraw_consent(inquiry: Inquiry, purpose: str) -> Inquiry:
    """A consent given with the request holds no longer."""
    inquiry = _locked(inquiry)
    given = ConsentRecord.objects.filter(inquiry=inquiry, text__purpose=purpose, given=True, withdrawn_at=None)
    if not given.update(withdrawn_at=timezone.now()):
        return inquiry
    return _changed(inquiry, Kind.WITHDREW_CONSENT, has_unseen_update=True)


def _way(chosen: str, **given: str) -> str:
    """How the person wants to be reached: as they chose, unless they took back what that needs."""
    needed = REQUIRED_CONTACT.get(chosen)
    return next(way for way, detail in given.items() if detail) if needed and not given[needed] else chosen


def _locked(inquiry: Inquiry) -> Inquiry:
    return Inquiry.objects.select_for_update(of=("self",)).select_related("previous").get(pk=inquiry.pk)


def _is_said_again(inquiry: Inquiry, now: datetime, kind: str, text: str, signs: dict[str, Any] | None) -> bool:
    """A button pressed twice, or a page sent again: the same words, nothing done since, and nothing to do for them."""
    last = inquiry.updates.order_by("-at", "-pk").first()
    if last is None or not inquiry.has_unseen_update or inquiry.is_suspect or _comes_back(inquiry, last.safety_level):
        return False
    is_the_same = (last.kind, last.text, last.signs) == (kind, text, signs)
    event = inquiry.events.order_by("-seq").first()
    written = {Said.WORSE: Kind.WORSE, Said.INFORMATION: Kind.INFORMED}[last.kind]
    return is_the_same and now - last.at < AGAIN and event is not None and event.kind == written


def _is_held_back(inquiry: Inquiry) -> bool:
    return inquiry.is_suspect or inquiry.status == Status.SPAM


def _comes_back(inquiry: Inquiry, level: str) -> bool:
    """Does a word of this safety level bring the request back to work? What was merged or is spam stays so, but for a
    warning sign: a request with one is no spam, and does not wait in the shadow of another."""
    here = Status(inquiry.status)
    return here in BACK_BY_ANY_WORD or (here in BACK_BY_A_WARNING_SIGN and level in safety.ALERTING)


def _back_to_work(inquiry: Inquiry, now: datetime, level: str) -> dict[str, Any]:
    """What a word of the patient does to where the request stands, and to our clock."""
    if not _comes_back(inquiry, level):
        return {}
    if inquiry.closed_at is None:
        return {"status": Status.IN_REVIEW.value, **clock.going_on(inquiry, now, Step.DECIDE)}
    due_at = clock.first_reply(inquiry.level, inquiry.priority_points, now)
    return {
        **clock.waiting_for_reply(due_at, Step.DECIDE if inquiry.first_contact_at else Step.REPLY),
        "status": Status.NEW.value,
        "owner_id": None,
        "closed_at": None,
        "outcome": "",
        "patient_told": "",
        "appointment_on": None,
        "merged_into_id": None,
        "due_warned": 0,
        **_promise_anew(inquiry, now),
    }


def _promise_anew(inquiry: Inquiry, now: datetime) -> dict[str, Any]:
    """Who comes back reads a new time on the page of the request, when the one they were told last is over."""
    told = inquiry.promised_again_at or inquiry.promised_at
    if inquiry.first_contact_at or told is None or told > now:
        return {}
    return {
        "promised_at": promised_at(library.current().clinic, now),
        "late_told_at": None,
        "promised_again_at": None,
    }


def _raised(inquiry: Inquiry, now: datetime, level: str) -> dict[str, Any]:
    """How urgent it is now."""
    safety_level = safety.worst([inquiry.safety_level, level])
    fields = ranking.raised(inquiry, now, safety_level=safety_level)
    day = timezone.localdate(fields["due_at"], clock.calendar().zone) if "due_at" in fields else None
    soon = {"next_step": Step.REPLY, "next_step_on": day} if day else {}
    return {**fields, **soon, "needs_call_first": inquiry.needs_call_first or level == "emergency"}


def _no_suspect(inquiry: Inquiry, now: datetime) -> dict[str, Any]:
    """Who has a warning sign is no suspect. The message that was held back names a time that is still to come."""
    if not inquiry.is_suspect:
        return {}
    was_closed = inquiry.closed_at is not None
    return {"is_suspect": False, **acknowledgement.promise_of_held_back(inquiry, now, was_closed=was_closed)}


def _changed(inquiry: Inquiry, kind: str, *, detail: str = "", **fields: Any) -> Inquiry:
    """Write the fields and the event of one change of a locked request."""
    moved = fields.get("status", inquiry.status) != inquiry.status
    written = events.draft(
        inquiry,
        kind,
        actor=None,
        at=timezone.now(),
        from_status=inquiry.status if moved else "",
        to_status=fields["status"] if moved else "",
        detail=detail,
    )
    for name, value in {**fields, **written.fields, "version": inquiry.version + 1}.items():
        setattr(inquiry, name, value)
    inquiry.save(update_fields=[*(name.removesuffix("_id") for name in fields), *written.fields, "version"])
    written.event.save(force_insert=True)
    return inquiry
