"""What staff wait for at the desk with very many requests: the home, the list, each queue, each search, a page, a move.

Beside it stands a plain ModelAdmin of Django on the same rows.
"""

import math
import statistics
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import quote

from django.contrib import admin
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from bench.admin import administrator
from bench.server import cpu_seconds
from inquiries import queues, search
from inquiries.admin.search_box import seal
from inquiries.models import Inquiry
from inquiries.states import Status
from therapies import library

FIGURES = 10  # finished days the dashboard has something to draw of
TIMES, LONGEST = 20, 10  # times each is asked for, or until so many seconds are over
LIST = "admin:inquiries_inquiry_changelist"
PLAIN = "the same rows in a plain Django admin: first page"
PLAIN_SEARCH = "the same rows in a plain Django admin: search by reference"


class Plain(Inquiry):
    """The same rows under another name, for which none of our templates is found."""

    class Meta:
        proxy = True
        app_label = "bench"


class PlainAdmin(admin.ModelAdmin):
    """As the documentation of Django has it: columns, filters, a search."""

    list_display = ["reference", "status", "priority_level", "condition", "owner", "created_at", "due_at"]
    list_filter = ["status", "priority_level", "safety_level", "condition", "owner"]
    search_fields = ["reference"]
    date_hierarchy = "created_at"


class PlainSite(admin.AdminSite):
    def get_app_list(self, request, app_label=None):
        return []  # the app of the rows' other name is not installed


plain_site = PlainSite(name="plain")
plain_site.register(Plain, PlainAdmin)


def fill(number: str) -> dict[str, float]:
    """So many requests; the seconds it took and the bytes the database has."""
    begin = time.perf_counter()
    call_command("make_demo_load", requests=int(number), verbosity=0)
    took = time.perf_counter() - begin
    first = timezone.localdate() - timedelta(days=FIGURES)
    call_command("roll_up_figures", since=first, verbosity=0)  # what the dashboard draws is counted in the night
    return {"seconds": took, "bytes": size()}


def size() -> int:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT pg_database_size(current_database())")
            return cursor.fetchone()[0]
        cursor.execute("SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()")
        return cursor.fetchone()[0]


def pages() -> dict[str, dict[str, float]]:
    """p50 and p95 in milliseconds, queries and kB of everything, by its name."""
    client = Client(headers={"host": "127.0.0.1"})
    client.force_login(administrator())
    found = {name: _timed(_get(client, path)) for name, path in _paths().items()}
    found["a move"] = _timed(_moves(client))
    found |= {f"finding by {kind}": _timed(_finding(term)) for kind, term in _terms().items()}
    return found


def _paths() -> dict[str, str]:
    deepest = queues.CAP // 50
    some = Inquiry.objects.filter(closed_at=None, owner__isnull=False).order_by("pk").first()
    paths = {"dashboard": reverse("admin:index"), "list, first page": reverse(LIST)}
    paths |= {
        f"list, page {deepest} of {name}": f"{reverse(LIST)}?queue={name}&p={deepest}" for name in ("all", "closed")
    }
    paths |= {f"queue {name}": f"{reverse(LIST)}?queue={name}" for name in queues.QUEUES}
    paths |= {f"search by {kind}": f"{reverse(LIST)}?q={_in_address(term)}" for kind, term in _terms().items()}
    paths["page of one request"] = reverse("admin:inquiries_inquiry_change", args=[some.pk])
    paths[PLAIN] = "/bench/plain/bench/plain/"
    paths[PLAIN_SEARCH] = f"{paths[PLAIN]}?q={some.reference}"
    return paths


def _terms() -> dict[str, str]:
    """A term of each kind that finds somebody."""
    some = Inquiry.objects.order_by("-pk")[7]
    return {
        "reference": some.reference,
        "phone": some.phone,
        "e-mail": some.email,
        "name word": some.full_name.split()[-1],
        "whole name": some.full_name,
    }


def _in_address(term: str) -> str:
    return quote(seal(term))


def _get(client: Client, path: str) -> Callable[[], Any]:
    def get():
        answer = client.get(path)
        if answer.status_code != 200:
            raise RuntimeError(f"{path} answered {answer.status_code}")
        return answer

    return get


def _moves(client: Client) -> Callable[[], Any]:
    """Each takes another request of the queue."""
    rows = queues.QUEUES["unassigned"].rows(timezone.now(), administrator())
    waiting = list(rows.filter(status=Status.NEW.value).values_list("pk", "version")[: TIMES + 1])

    def move():
        pk, version = waiting.pop()
        path = reverse("admin:inquiries_inquiry_move", args=[pk])
        answer = client.post(path, {"to": Status.IN_REVIEW.value, "version": version})
        if Inquiry.objects.values_list("status", flat=True).get(pk=pk) != Status.IN_REVIEW.value:
            raise RuntimeError(f"a move of request {pk} answered {answer.status_code}")
        return answer

    return move


def _finding(term: str) -> Callable[[], Any]:
    """The search alone, without the page around it."""
    country = library.current().clinic.country
    return lambda: list(search.find(term, country=country, by_person=True).values_list("pk", flat=True)[:50])


def _timed(do: Callable[[], Any]) -> dict[str, float]:
    """Milliseconds as somebody waits them, and of processor time, which hold on a busy machine too."""
    with CaptureQueriesContext(connection) as caught:
        answer = do()  # the first one warms up
    queries = len(caught)  # now: the next request forgets them
    waited, worked = [], []
    for _ in range(TIMES):
        begin, cpu = time.perf_counter(), _cpu_seconds()
        do()
        waited.append((time.perf_counter() - begin) * 1000)
        worked.append((_cpu_seconds() - cpu) * 1000)
        if sum(waited) > LONGEST * 1000:  # a page that takes seconds is known after a few times
            break
    waited.sort()
    return {
        "p50": statistics.median(waited),
        "p95": waited[math.ceil(len(waited) * 0.95) - 1],
        "cpu": statistics.median(worked),
        "queries": queries,
        "kB": len(getattr(answer, "content", b"")) / 1000,
    }


def _cpu_seconds() -> float:
    """Of this process, and of the database's process that serves it."""
    own = time.process_time()
    return own + cpu_seconds(connection.connection.info.backend_pid) if connection.vendor == "postgresql" else own
