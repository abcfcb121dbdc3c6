"""Search keys when the key they are made with changes."""

from clinic.encryption import is_unreadable
from clinic.models import ClinicProfile
from inquiries import questionnaire, search
from inquiries.models import Inquiry, SearchKey

BATCH = 200


def rebuild() -> int:
    """Make every search key anew from the decrypted contact details. Returns how many there are now."""
    country = ClinicProfile.objects.values_list("country", flat=True).first() or "US"
    SearchKey.objects.all().delete()
    count = 0
    rows = Inquiry.objects.order_by("pk").only("pk", "full_name", "email", "phone", "how_to_reach")
    for inquiry in rows.iterator(chunk_size=BATCH):
        count += make(inquiry, country=country)
    return count


def make(inquiry: Inquiry, *, country: str) -> int:
    """Make the search keys of one request that has none, from its names and contact details. Returns how many."""
    names = [inquiry.full_name, questionnaire.answer_in(inquiry.how_to_reach, "helper_name")]
    keys = search.keys_of(
        full_name=" ".join(name for name in names if not is_unreadable(name)),
        email="" if is_unreadable(inquiry.email) else inquiry.email,
        phone="" if is_unreadable(inquiry.phone) else inquiry.phone,
        country=country,
    )
    return len(SearchKey.objects.bulk_create(SearchKey(inquiry=inquiry, kind=kind, key=key) for kind, key in keys))
