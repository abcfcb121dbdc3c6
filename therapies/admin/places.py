"""Where something stands in the admin: from a place in a document, or its name in words, to the row to mend."""

from django.urls import reverse

from therapies.document_texts import row_in_words as gate_row
from therapies.document_words import FIELDS
from therapies.models import Condition, Treatment

# Rows whose order in a document is a rule: on the form they stand as the database gives them.
FORM_ORDER = {
    "options": lambda page: [slug or "" for slug in page.options.values_list("treatment__slug", flat=True)],
    "care_advice": lambda page: list(page.care_advice.values_list("level", flat=True)),
    "regulatory": lambda page: list(page.regulatory_statuses.values_list("jurisdiction", flat=True)),
}
OWN_KEY = {"options": "treatment", "care_advice": "level", "regulatory": "jurisdiction"}
PREFIX = {"regulatory": "regulatory_statuses"}  # everywhere else the formset is called as the list in the document
GROUPS = {"options": "options", "harms": "adverse_outcomes", "care cards": "care_advice"}
GROUPS |= {"approval status": "regulatory", "sections": "sections", "evidence": "evidence"}


def titles():
    """Titles of treatments and conditions by their address, for the names of rows."""
    return {
        **dict(Condition.objects.values_list("slug", "title")),
        **dict(Treatment.objects.values_list("slug", "title")),
    }


class Places:
    """The rows of one page's form. Reads what it needs once, however many places are asked for."""

    def __init__(self, page, document):
        self.document = document
        self.specific = {"condition": Condition, "treatment": Treatment}.get(page.kind)
        self.page = self.specific(pk=page.pk) if self.specific else page
        self.form = reverse(f"admin:therapies_{page.kind}_change", args=[page.pk])
        self._orders = {}
        self._evidence = None
        self._rows = {
            gate_row(name, row): (name, number)
            for name, rows in document.items()
            if isinstance(rows, list)
            for number, row in enumerate(rows)
            if isinstance(row, dict)
        }

    def of_place(self, place):
        """The address of a place as DocumentError names it."""
        if len(place) > 1 and isinstance(place[1], int) and isinstance(self.document.get(place[0]), list):
            rows = self.document[place[0]]
            if place[1] < len(rows) and isinstance(rows[place[1]], dict):
                return self.of_row(place[0], place[1])
        return self.of_field(place[0]) if place else self.form

    def of_words(self, where):
        """The address of a place as a gate names it: a row, a field or a whole list."""
        name = next((name for name in self._rows if where == name or where.startswith((f"{name},", f"{name}:"))), None)
        if name is not None:
            return self.of_row(*self._rows[name])
        if where.casefold() in GROUPS:
            return self.of_field(GROUPS[where.casefold()])
        return self.of_field(where.casefold().replace(" ", "_"))

    def of_field(self, name):
        value = self.document.get(name)
        if isinstance(value, list) and name not in {"key_facts", "alternatives"}:
            return f"{self.form}#{PREFIX.get(name, name)}-group"
        return f"{self.form}#id_{name}" if name in FIELDS and name in self.document else self.form

    def of_row(self, name, number):
        if name == "evidence":  # each row has a page of its own
            key = self.document["evidence"][number]["key"]
            return reverse("admin:therapies_outcomeevidence_change", args=[self._evidence_keys()[key]])
        if name in FORM_ORDER:
            if name not in self._orders:
                self._orders[name] = FORM_ORDER[name](self.page)
            own = self.document[name][number][OWN_KEY[name]]
            number = self._orders[name].index(own) if own in self._orders[name] else 0
        return f"{self.form}#{PREFIX.get(name, name)}-{number}"

    def _evidence_keys(self):
        if self._evidence is None:
            self._evidence = dict(self.page.evidence.values_list("key", "pk"))
        return self._evidence
