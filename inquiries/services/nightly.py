"""What is checked every night, and the mail to managers that says what was found."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import F, Q, QuerySet

from clinic.models import OutboxEmail, Staff
from clinic.outbox import Message, NoLongerOwed
from inquiries import forgotten
from inquiries.models import Inquiry
from inquiries.queues import capped
from inquiries.services import clock, histories, owning, privacy, staff_mail
from inquiries.services.letters import letter

KIND = "inquiries.check_results"
TEMPLATE = "inquiries/email/check_results.txt"
RIGHT = "clinic.set_duty"
AFTER = 1  # by the clinic's clock: the day before is over, and was counted
LATELY = timedelta(days=2)  # how long a closed request's history is still read every night
NIGHTS = 7  # in so many every other history is read too, a part of them each night
STAY = timedelta(days=7)  # the job of retention is given so long, when it was down


def keep_order(now: datetime) -> Iterator[str]:
    """The hourly job: the requests of a colleague who has left are back in the queue."""
    returned = owning.return_orphans(now)
    if returned:
        yield f"Requests of colleagues who have left, back in the queue: {returned}."


def keep_checking(now: datetime) -> Iterator[str]:
    """The hourly job; there is something to do once a night: look, and owe each manager what was found."""
    here = now.astimezone(clock.calendar().zone)
    people = staff_mail.with_right(RIGHT) if here.hour >= AFTER else []
    day = here.date().isoformat()
    keys = [f"{KIND}:{day}:{person.pk}" for person in people]
    if len(keys) == OutboxEmail.objects.filter(dedupe_key__in=keys).count():
        return
    owed = staff_mail.owe_each(KIND, people, day, {"day": day, **results(now)})
    yield f"Mails with the results of the checks owed: {owed}."


def results(now: datetime) -> dict[str, Any]:
    """What the checks find now: numbers and references only."""
    failed = OutboxEmail.objects.failed().filter(about_app="inquiries")
    return {
        "failed_mails": failed.count(),
        "rules": {name: capped(count) for name, count in forgotten.broken(now).items()},
        "alerted": forgotten.alerted(),
        "broken_histories": [broken.reference for broken in histories.broken(_to_read(now))][: staff_mail.MOST_NAMED],
        "anonymised": _anonymised(now),
        "still_to_anonymise": privacy.expired(now).count(),
        "lately_held": Inquiry.objects.filter(_over(now, STAY), anonymised_at=None, legal_hold=True).count(),
    }


def render(email: OutboxEmail) -> Message:
    """The results as they were found that night."""
    context: Any = email.context
    if not Staff.objects.filter(pk=context["staff"], is_active=True).exists():
        raise NoLongerOwed
    rules = [(forgotten.RULES[name].words, count) for name, count in context["rules"].items()]
    is_good = not (rules or context["failed_mails"] or context["broken_histories"] or context["still_to_anonymise"])
    shown = {
        **context,
        "rules": rules,
        "fewest_alerted": forgotten.FEWEST_ALERTED,
        "too_few_alerted": context["alerted"] < forgotten.FEWEST_ALERTED,
        "is_good": is_good and context["alerted"] >= forgotten.FEWEST_ALERTED,
        "link": staff_mail.home_link(),
    }
    return letter(TEMPLATE, shown)


def _to_read(now: datetime) -> QuerySet[Inquiry]:
    """Whose history is read tonight: of every open and lately closed request, and of the others in their turn."""
    tonight = now.astimezone(clock.calendar().zone).toordinal() % NIGHTS
    in_turn = Inquiry.objects.annotate(night=F("pk") % NIGHTS)
    return in_turn.filter(Q(closed_at=None) | Q(closed_at__gte=now - LATELY) | Q(night=tonight))


def _over(now: datetime, stay: timedelta) -> Q:
    """Requests whose time ended lately, so that the rows of all the years before are not read."""
    found = Q()
    for days in {settings.RETENTION_DAYS, settings.SPAM_RETENTION_DAYS}:
        ended = now - timedelta(days=days)
        found |= Q(closed_at__lte=ended, closed_at__gt=ended - stay)
    return found


def _anonymised(now: datetime) -> int:
    """How many requests the last day's runs of retention took the person out of."""
    return Inquiry.objects.filter(_over(now, STAY), anonymised_at__gt=now - timedelta(days=1)).count()
