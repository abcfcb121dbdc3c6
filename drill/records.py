"""What is stored of a request that was sent, and whether it is whole."""

from collections import Counter
from uuid import UUID

from clinic.models import OutboxEmail
from inquiries import chain, search
from inquiries.models import ConsentRecord, Inquiry, InquiryEvent, SearchKey
from inquiries.questionnaire import CONSENTS
from inquiries.services import acknowledgement, events

Pattern = Counter[str]
NOTHING: tuple[object, ...] = (None, "", [], {})


def stored(keys: list[UUID]) -> list[Inquiry]:
    """The requests that were made of these forms."""
    return list(Inquiry.objects.filter(submission_key__in=keys).order_by("pk"))


def missing(inquiry: Inquiry) -> list[str]:
    """Which of its rows a request lacks, or has twice."""
    keys = search.keys_of(full_name=inquiry.full_name, email=inquiry.email, phone=inquiry.phone, country="US")
    mails = OutboxEmail.objects.filter(about_id=inquiry.public_id, kind=acknowledgement.KIND)
    is_right = {
        "events": _has_its_history(inquiry),
        "search keys": Counter(SearchKey.objects.filter(inquiry=inquiry).values_list("kind", "key")) == Counter(keys),
        "consents": ConsentRecord.objects.filter(inquiry=inquiry).count() == len(CONSENTS),
        "acknowledgement": mails.count() == 1,
    }
    return [name for name, right in is_right.items() if not right]


def _has_its_history(inquiry: Inquiry) -> bool:
    """Does it begin with the Send, and does the chain hold up to what the request keeps of it?"""
    history = list(InquiryEvent.objects.filter(inquiry=inquiry).order_by("seq"))
    return (
        [event.seq for event in history] == list(range(1, inquiry.event_count + 1))
        and bool(history)
        and history[0].kind == InquiryEvent.Kind.SUBMITTED
        and inquiry.event_head == events.head(history[-1].hash)
        and chain.broken_at((events.link_of(event, inquiry), event.prev_hash, event.hash) for event in history) is None
    )


def pattern(inquiry: Inquiry) -> Pattern:
    """What was written for a request, whatever it says: its rows in every table that points to it and in the outbox,
    and how many of them have each column filled. Read from the models, so a new column or table is in it."""
    rows = [inquiry, *OutboxEmail.objects.filter(about_id=inquiry.public_id)]
    for relation in Inquiry._meta.related_objects:
        if relation.related_model is not Inquiry:
            rows += relation.related_model._base_manager.filter(**{relation.field.name: inquiry})
    found: Pattern = Counter()
    for row in rows:
        found[row._meta.model_name] += 1
        found.update(
            f"{row._meta.model_name}.{field.name}"
            for field in row._meta.concrete_fields
            if getattr(row, field.attname) not in NOTHING
        )
    return found


def unlike(inquiry: Inquiry, undisturbed: Pattern) -> list[str]:
    """The tables and columns in which a request differs from one that nothing disturbed, of a person like this one."""
    found = pattern(inquiry)
    return sorted(name for name in found | undisturbed if found[name] != undisturbed[name])


def mails_about_nothing() -> int:
    """Messages that are owed for requests nobody stored: half of a Send."""
    return OutboxEmail.objects.exclude(about_id__in=Inquiry.objects.values("public_id")).count()


def people_twice() -> int:
    """How many requests there are more than people who sent one: each form of the drill is somebody else's."""
    return Inquiry.objects.count() - len({inquiry.email for inquiry in Inquiry.objects.all()})
