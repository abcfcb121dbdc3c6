"""Sources that somebody should look at."""

import datetime

from django.db.models import Q, QuerySet

from therapies.models import Source

# Answers of publishers who keep machines out: a person can read the page all the same.
KEEPS_MACHINES_OUT = (401, 402, 403, 405, 406, 418, 429, 451, 999)


def to_check(today: datetime.date) -> QuerySet[Source]:
    """Sources whose day to be looked at again has come, or that were never compared with the publication."""
    return Source.objects.filter(Q(next_check_due__lte=today) | Q(check_state=Source.Check.TO_CONFIRM))


def broken_links() -> QuerySet[Source]:
    """Sources whose address did not answer, or answered that there is nothing, when it was last tried."""
    return Source.objects.filter(Q(link_status=0) | Q(link_status__gte=400)).exclude(link_status__in=KEEPS_MACHINES_OUT)
