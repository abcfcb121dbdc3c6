import time
import uuid
from unittest import mock
from urllib.parse import quote

from django.contrib.admin import ModelAdmin, site
from django.db import connection
from django.test import RequestFactory, TestCase, TransactionTestCase
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clinic import outbox
from clinic.fenced import FencedModelAdmin
from clinic.models import Holiday, OutboxEmail, Staff

MAIL = "/admin/clinic/outboxemail/"
PEOPLE = "/admin/clinic/staff/"
DAYS = "/admin/clinic/holiday/"
HUGE = "1" + "0" * 21

IMPOSSIBLE = ["-1", "abc", HUGE, "-" + HUGE, "9" * 26, "9" * 5000]

HOSTILE = [
    "q=%00",
    "q=" + quote("%_\\'\""),
    "q=" + "x" * 10_000,
    "q=" + quote("((a+)+)+$"),
    "state=%00",
    "state__exact=%00",
    "state__regex=(",
    "email__regex=((a%2B)%2B)%2B%24",
    "created_at__year=99999999999",
    "o=999.-9",
    "o=" + HUGE,
    "o=password",
    "p=-1",
    "p=NaN",
    "p=" + HUGE,
    "p=" + "9" * 5000,
    "all=",
    "_to_field=password",
    "_popup=1",
    "_facets=True",
    "password__startswith=a",
    "user__password=a",
    "groups__id__exact=abc",
    f"groups__id__exact={HUGE}",
    "groups__id__exact=-1",
    "groups__permissions__codename=a",
    "is_active__exact=maybe",
    "is_active__isnull=maybe",
    "date__year=99999999999",
    "date__year=0",
    "date__year=9999",
    "date__year=2026&date__month=13",
    "date__year=2026&date__month=2&date__day=31",
    "date__year=" + quote("²"),
    "date__month=1",
    "date__day=1",
    "date__gte=rubbish",
    "date__gte=0001-01-01",
    "_connector=" + quote("OR 1=1--"),
    "_negated=1",
    "status__in[]=",
    "e=1&date__year=99999999999",
    "&".join(f"a{number}=1" for number in range(1200)),
]


def lists():
    """The list page of every model in the admin."""
    return [reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist") for model in site._registry]


class HostileListTests(TransactionTestCase):
    """Each of these is an error or a hang in Django's own admin, or close to one that was."""

    def setUp(self):
        self.client.force_login(Staff.objects.create(username="a" * 30, is_staff=True, is_superuser=True))
        Holiday.objects.create(date="2026-01-01", name="New Year's Day")
        outbox.owe(kind="x", about=("clinic", uuid.uuid4()), to="a@example.org", dedupe_key="1")

    def test_no_query_is_an_error_or_slow(self):
        for address in [MAIL, PEOPLE, DAYS, "/admin/clinic/clinician/", "/admin/auth/group/"]:
            for query in HOSTILE:
                with self.subTest(address + "?" + query[:60]):
                    begun = time.monotonic()
                    response = self.client.get(f"{address}?{query}")
                    self.assertIn(response.status_code, {200, 302, 400})
                    self.assertLess(time.monotonic() - begun, 5)

    def test_no_id_is_an_error(self):
        for address in lists():
            for key in ["0", *IMPOSSIBLE, "%C2%B2", "%00", "1%0A"]:
                for page, ask in zip(["change", "history", "delete"], ["post", "get", "post"], strict=True):
                    with self.subTest(f"{ask} {address}{key[:30]}/{page}/"):
                        response = getattr(self.client, ask)(f"{address}{key}/{page}/")
                        self.assertIn(response.status_code, {302, 400, 403, 404})

    def test_no_forged_selection_is_an_error(self):
        tried = set()
        for address in lists():
            offered = (self.client.get(address).context or {}).get("action_form")  # an action not offered is nonsense
            actions = [name for name, _ in offered.fields["action"].choices if name] if offered else []
            tried.update(actions)
            for key in [*IMPOSSIBLE, "", "1 OR 1=1", "\0", "²"]:
                for action in [*actions, "nonsense", *(["retry", "delete_selected", ""] if key == "abc" else [])]:
                    with self.subTest(f"{address} {key[:10]} {action}"):
                        response = self.client.post(
                            address, {"action": action, "index": "0", "_selected_action": [key]}
                        )
                        self.assertIn(response.status_code, {200, 302, 403})
        self.assertLessEqual({"retry", "delete_selected", "withdraw", "reset_second_step"}, tried)
        self.assertTrue(OutboxEmail.objects.exists())

    def test_no_odd_autocomplete_is_an_error(self):
        base = "/admin/autocomplete/?app_label=clinic&model_name=clinician&field_name=user"
        for query in ["term=%C2%85", "term=" + "x" * 9000, "page=NaN", f"page={HUGE}", "term=\\"]:
            with self.subTest(query[:20]):
                self.assertIn(self.client.get(f"{base}&{query}").status_code, {200, 400, 404})

    def test_no_odd_link_to_the_site_is_an_error(self):
        for address in [f"/admin/r/{HUGE}/1/", "/admin/r/abc/1/", "/admin/r/1/abc/"]:
            with self.subTest(address):
                self.assertIn(self.client.get(address).status_code, {302, 404})


class FenceTests(TestCase):
    def setUp(self):
        self.client.force_login(Staff.objects.create(username="nina", is_staff=True, is_superuser=True))

    def test_every_admin_of_ours_stands_behind_it(self):
        for model, model_admin in site._registry.items():
            if model._meta.app_label in {"clinic", "therapies", "inquiries", "auth"}:
                with self.subTest(model._meta.label):
                    self.assertIsInstance(model_admin, FencedModelAdmin)

    def test_only_declared_filters_work(self):
        for query, status in {
            "state__exact=sent": 200,
            "kind=x": 200,
            "attempts=1": 400,
            "attempts__gt=1": 400,
            "about_id=1": 400,
        }.items():
            with self.subTest(query):
                self.assertEqual(self.client.get(f"{MAIL}?{query}").status_code, status)

    def test_filters_of_relations_work(self):
        self.assertEqual(self.client.get(f"{PEOPLE}?groups__id__exact=1").status_code, 200)

    def test_a_bad_value_leads_to_the_whole_list(self):
        response = self.client.get(f"{DAYS}?date__year=99999999999")
        self.assertRedirects(response, f"{DAYS}?e=1")

    def test_the_date_drill_down_works(self):
        Holiday.objects.create(date="2026-05-25", name="Memorial Day")
        for query in ["date__year=2026", "date__year=2026&date__month=5", "date__year=2026&date__month=5&date__day=25"]:
            with self.subTest(query):
                self.assertContains(self.client.get(f"{DAYS}?{query}"), "Memorial Day")

    def test_a_long_search_is_cut(self):
        Holiday.objects.create(date="2026-05-25", name="x" * 80)
        admin = site._registry[Holiday]
        with mock.patch.object(ModelAdmin, "get_search_results", return_value=(None, False)) as search:
            admin.get_search_results(RequestFactory().get("/"), Holiday.objects.all(), "x" * 500)
        self.assertEqual(len(search.call_args.args[2]), 100)

    def test_a_search_for_control_characters_finds_nothing(self):
        Holiday.objects.create(date="2026-05-25", name="Memorial Day")
        found, _ = site._registry[Holiday].get_search_results(RequestFactory().get("/"), Holiday.objects.all(), "M\x00")
        self.assertEqual(list(found), [])

    def test_lists_cost_the_same_for_one_row_and_for_thirty(self):
        for address, make in {
            DAYS: lambda number: Holiday.objects.create(date=f"2026-01-{number + 1:02}", name="x"),
            PEOPLE: lambda number: Staff.objects.create(username=f"n{number}"),
            MAIL: lambda number: outbox.owe(
                kind="x", about=("clinic", uuid.uuid4()), to="a@example.org", dedupe_key=str(number)
            ),
        }.items():
            with self.subTest(address):
                make(0)
                self.client.get(address)  # fills the content-type cache
                with CaptureQueriesContext(connection) as one:
                    self.client.get(address)
                for number in range(1, 30):
                    make(number)
                with self.assertNumQueries(len(one)):
                    self.client.get(address)

    def test_a_refused_filter_is_no_error_of_ours_in_the_log(self):
        with self.assertNoLogs("django.request", "ERROR"):
            self.client.get(f"{MAIL}?state__regex=(")
