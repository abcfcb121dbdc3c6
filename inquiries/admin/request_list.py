"""One page of the list of requests: the work queue it shows, counted no further than a cap, and what stands beside each."""

from functools import cached_property
from operator import attrgetter, methodcaller

from django.contrib.admin.templatetags.admin_list import result_headers
from django.core.paginator import Paginator
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html_join

from clinic.fenced import FencedChangeList
from inquiries import questionnaire
from inquiries.admin import search_box
from inquiries.admin.rights import may_read_health, may_see_contact
from inquiries.beside import beside
from inquiries.models import Inquiry
from inquiries.queues import CAP, DEFAULT, QUEUES, capped, counted, counts
from therapies import library

QUEUE, CHECK = "queue", "check"
CELL, LINKED = '<td class="field-{}">{{}}</td>', '<th class="field-reference"><a href="{}">{}</a></th>'
WHOLE = {"all", "closed"}  # queues that grow for ever
LOOKED_THROUGH = 20_000  # of such a queue, when a filter that has no index narrows it


def chosen(request):
    """The name of the queue somebody looks at: a search and a check look at all, unless a queue is named."""
    name = request.GET.get(QUEUE, "")
    if name in QUEUES and QUEUES[name].is_for(request.user):
        return name
    return "all" if request.GET.get("q") or request.GET.get(CHECK) else DEFAULT


class CappedPaginator(Paginator):
    """Pages of the first CAP rows. Who needs what stands further down narrows the list."""

    @cached_property
    def found(self):
        return counted(self.object_list)

    @property
    def count(self):
        return min(self.found, CAP)


class RequestList(FencedChangeList):
    """A queue in its own order; other filters and the search narrow it."""

    def __init__(self, request, *args):
        self.name, self.is_bounded = chosen(request), False
        self.queue = QUEUES[self.name]
        super().__init__(request, *args)
        self.title = "Search in all" if self.query and self.name == "all" else self.queue.words
        found = counts(self.now, request.user, [name for name in QUEUES if name not in WHOLE])
        self.queues = [
            {
                "words": queue.words,
                "count": capped(found[name]) if name in found else "",
                "url": self.get_query_string({QUEUE: name}, ["q", "p", CHECK]),
                "is_chosen": name == self.name,
            }
            for name, queue in QUEUES.items()
            if queue.is_for(request.user)
        ]

    @property
    def is_narrowed(self):
        """Is a filter chosen beside the queue?"""
        return bool(set(self.filter_params) - {QUEUE, CHECK})

    @property
    def whole_url(self):
        """The queue without other filters."""
        return self.get_query_string({QUEUE: self.name}, [*self.filter_params, "p"])

    @cached_property
    def now(self):
        return timezone.now()

    @property
    def term(self):
        """What was searched for, as it was typed."""
        return search_box.unseal(self.query) if self.query else ""

    def get_queryset(self, request, **kwargs):
        # In the queue's own order and no other: any other one would sort the whole table.
        rows = self.queue.rows(self.now, request.user, among=super().get_queryset(request, **kwargs))
        if self.name in WHOLE and self.is_narrowed and not self.query:
            return self.bounded(rows)
        return rows

    def bounded(self, rows):
        """A filter of a rare value would walk the whole table: it looks through the newest ones alone, and says so."""
        column = "closed_at" if self.name == "closed" else "created_at"
        newest = self.queue.rows(self.now, None).values_list(column, flat=True)
        oldest = next(iter(newest[LOOKED_THROUGH : LOOKED_THROUGH + 1]), None)
        self.is_bounded = oldest is not None
        return rows.filter(**{f"{column}__gte": oldest}) if self.is_bounded else rows

    def get_results(self, request):
        super().get_results(request)
        found = beside(self.result_list, self.now)
        hours = library.current().clinic.calendar
        sees_contact, reads_health = may_see_contact(request), may_read_health(request)
        for inquiry in self.result_list:
            inquiry.beside, inquiry.hours, inquiry.seen_at = found[inquiry.pk], hours, self.now
            inquiry.top_reason = _top_reason(inquiry) if reads_health else ""
            inquiry.takes_no_voicemail = sees_contact and _takes_no_voicemail(inquiry)

    @property
    def headings(self):
        """What stands above the columns."""
        return list(result_headers(self))

    @property
    def rows(self):
        """The rows of the table as Django's own tags write them, at a fourth of the time: they ask of each cell what a
        column is the same for all."""
        columns = [self._column(name) for name in self.list_display]
        cells = "".join(LINKED if name in self.list_display_links else CELL.format(name) for name in self.list_display)
        linked = [name in self.list_display_links for name in self.list_display]
        before, _, behind = reverse("admin:inquiries_inquiry_change", args=[0]).rpartition("0")
        behind += f"?{self.preserved_filters}" if self.preserved_filters else ""

        def row(inquiry):
            for is_linked, column in zip(linked, columns, strict=True):
                if is_linked:
                    yield f"{before}{inquiry.pk}{behind}"
                yield column(inquiry)

        return format_html_join("\n", f"<tr>{cells}</tr>", map(row, self.result_list))

    def _column(self, name):
        """What a column shows of a request: a method of the admin, or a field in its own words."""
        if hasattr(self.model_admin, name):
            return getattr(self.model_admin, name)
        return methodcaller(f"get_{name}_display") if self.opts.get_field(name).choices else attrgetter(name)

    @property
    def count_words(self):
        """How many were found, and how many of them can be paged through."""
        found = self.paginator.found
        if found > CAP:
            return f"{capped(found)} requests. The first {CAP:,} are shown: narrow the list to see others"
        return f"{found:,} {'request' if found == 1 else 'requests'}"

    @property
    def pages(self):
        """Where Previous and Next lead; "" where there is none."""
        page, last = self.page_num, self.paginator.num_pages
        return {
            "number": page,
            "last": last,
            "previous": self.get_query_string({"p": page - 1}) if page > 1 else "",
            "next": self.get_query_string({"p": page + 1}) if page < last else "",
        }

    @property
    def looked_through(self):
        """Among how many a narrowed list of everything was looked for; "" where it was all of them."""
        return f"{LOOKED_THROUGH:,}" if self.is_bounded else ""


def _top_reason(inquiry: Inquiry) -> str:
    if inquiry.override_level is not None:
        return "Set by hand"
    reasons = (inquiry.priority_reasons or {}).get("reasons", [])
    if not reasons:
        return ""
    weight = {None: 9}
    top = min(reasons, key=lambda reason: (weight.get(reason["sets_level"], reason["sets_level"]), -reason["points"]))
    return f"{top['explanation']}: {top['fact']}" if top["fact"] else top["explanation"]


def _takes_no_voicemail(inquiry: Inquiry) -> bool:
    return inquiry.has_phone and questionnaire.answer_in(inquiry.how_to_reach, "voicemail_ok") == "no"
