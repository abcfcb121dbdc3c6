"""What was changed of facts that readers see at once: who, when, before and after."""

from collections.abc import Iterable

from clinic.models import Staff
from therapies.models import FactChange

LONGEST_KEY = 120


def record(model: str, key: str, changes: Iterable[tuple[str, object, object]], *, staff: Staff) -> int:
    """Keep each change (field, before, after) of one fact; those that change nothing are left out. How many were kept.

    `key` is what the fact is called, such as a slug or a term. Call it in the transaction of the change.
    """
    rows = [
        FactChange(
            model=model, key=key[:LONGEST_KEY], field=field, before=_text(before), after=_text(after), staff=staff
        )
        for field, before, after in changes
        if _text(before) != _text(after)
    ]
    FactChange.objects.bulk_create(rows)
    return len(rows)


def _text(value: object) -> str:
    return "" if value is None else str(value).replace("\r\n", "\n")  # a browser sends its own line ends
