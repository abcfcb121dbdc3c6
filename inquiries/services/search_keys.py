"""Search keys when the key they are made with changes."""

from clinic.encryption import is_unreadable
from clinic.models import ClinicProfile
from inquiries import search
from inquiries.models import Inquiry, SearchKey

BATCH = 200


def rebuild() -> int:
    """Make every search key anew from the decrypted contact details. Returns how many there are now."""
    country = ClinicProfile.objects.values_list("country", flat=True).first() or "US"
    SearchKey.objects.all().delete()
    count = 0
    rows = Inquiry.objects.order_by("pk").only("pk", "full_name", "email", "phone")
    for inquiry in rows.iterator(chunk_size=BATCH):
        known = {
            name: "" if is_unreadable(value) else value
            for name, value in [("full_name", inquiry.full_name), ("email", inquiry.email), ("phone", inquiry.phone)]
        }
        keys = search.keys_of(**known, country=country)
        made = SearchKey.objects.bulk_create(SearchKey(inquiry=inquiry, kind=kind, key=key) for kind, key in keys)
        count += len(made)
    return count
