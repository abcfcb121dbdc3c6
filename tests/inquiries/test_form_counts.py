"""What is counted on the form: steps and fields by key, in one statement, and never at the cost of a page."""

import time
from unittest import mock

from django.db import OperationalError, connection
from django.test import SimpleTestCase, TestCase
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from inquiries import form_counts, spread
from inquiries.models import DailyCounter, Inquiry
from inquiries.questionnaire import PAGES
from inquiries.services import counters
from tests.inquiries.journey import ANSWERS, address, fill, sealed_in, send

SIGN = "rf-limb-circulation"


def counted():
    return dict(DailyCounter.objects.filter(name__startswith="form").values_list("name", "value"))


class CountingTests(TestCase):
    def test_a_step_counts_when_it_is_taken_first(self):
        fill(self.client)
        steps = dict.fromkeys(form_counts.answered(page) for page in PAGES)
        self.assertEqual(counted(), {form_counts.STARTED: 1, **dict.fromkeys(steps, 1)})
        self.client.post(address("pain"), ANSWERS["pain"])
        self.assertEqual(counted()[form_counts.answered(PAGES[3])], 1)

    def test_a_request_knows_within_how_many_minutes_it_was_filled_in(self):
        for minutes, kept in ((4.2, 5), (61, spread.FORM_LONGER)):
            fill(self.client, contact={"full_name": f"Ana {kept}"})
            sealed = sealed_in(self.client.get(reverse("inquiries:check")))
            with mock.patch("inquiries.views.check.time.time", return_value=time.time() + minutes * 60):
                send(self.client, sealed, health_data="on")
            self.assertEqual(Inquiry.objects.latest("pk").filled_in_within, kept)

    def test_a_field_that_is_wrong_counts_by_its_key_and_nothing_that_was_typed_is_kept(self):
        self.client.post(address("who"), {"for_whom": "me"})
        self.assertEqual(counted(), {form_counts.STARTED: 1, "form error age_band": 1})
        self.client.post(address("who"), {"for_whom": "a secret"})
        self.assertEqual(counted(), {form_counts.STARTED: 1, "form error age_band": 2, "form error for_whom": 1})

    def test_a_sign_counts_by_its_code_in_the_statement_of_its_page(self):
        fill(self.client, until="safety")
        with CaptureQueriesContext(connection) as none:
            self.client.post(address("safety"), ANSWERS["safety"])
        signs = DailyCounter.objects.filter(name__startswith="sign ").order_by("name").values_list("name", "value")
        self.assertEqual(list(signs), [])
        with CaptureQueriesContext(connection) as some:
            self.client.post(address("safety"), {"safety": [SIGN, "unsure"]})
        self.assertEqual(list(signs.all()), [(f"sign {SIGN}", 1), ("sign unsure", 1)])
        self.assertEqual([sum("dailycounter" in each["sql"] for each in found) for found in (none, some)], [2, 1])

    def test_a_box_that_is_not_ticked_counts_by_what_it_is_for(self):
        fill(self.client)
        send(self.client, privacy_notice="")
        found = {name: value for name, value in counted().items() if "error" in name}
        self.assertEqual(found, {"form error privacy_notice": 1})

    def test_a_field_that_asks_nothing_is_not_counted_whatever_a_machine_puts_there(self):
        fill(self.client, until="contact")
        self.client.post(address("contact"), {**ANSWERS["contact"], "email_looked_at": "a\0b"})
        self.client.post(address("contact"), ANSWERS["contact"])
        send(self.client, privacy_notice="", website="a\0b")
        self.assertEqual([name for name in counted() if "error" in name], ["form error privacy_notice"])

    def test_every_field_has_a_counter_that_fits_its_column(self):
        most = DailyCounter._meta.get_field("name").max_length
        self.assertLessEqual(max(map(len, form_counts.COUNTERS)), most)

    def test_a_page_goes_on_when_nothing_can_be_counted(self):
        with mock.patch.object(counters, "count", side_effect=OperationalError("database is locked")):
            response = self.client.post(address("who"), ANSWERS["who"])
        self.assertEqual((response.status_code, response.url), (303, address("where")))
        self.assertEqual(counted(), {})

    def test_several_counters_cost_one_statement(self):
        with CaptureQueriesContext(connection) as queries:
            counters.count("b", "a", zone=None)
            counters.count("a")
            counters.count()
        self.assertEqual(sum("dailycounter" in each["sql"] for each in queries), 2)
        self.assertEqual(dict(DailyCounter.objects.values_list("name", "value")), {"a": 2, "b": 1})


class UseTests(SimpleTestCase):
    def use(self, sent=0, errors=(), **steps):
        pages = {f"form page {key}": count for key, count in steps.items()}
        return form_counts.form_use_of({form_counts.STARTED: 40, **pages, **dict(errors)}, sent)

    def test_each_step_with_the_share_of_those_before_it(self):
        use = self.use(sent=3, who=30, where=24, safety=24, pain=12, more=6, contact=4)
        self.assertEqual([step.went_on for step in use.steps], [None, 75, 80, 100, 50, 50, 67, None])
        self.assertEqual((use.steps[-1].label, use.steps[-1].count), ("Sent the request", 3))

    def test_who_takes_two_days_never_makes_more_than_all(self):
        self.assertEqual(self.use(who=41).steps[1].went_on, 100)

    def test_signs_from_five_times_most_often_first(self):
        signs = {f"sign {SIGN}": 4, "sign rf-stroke-signs": 5, "sign unsure": 7}
        self.assertEqual(self.use(errors=signs.items()).signs, (("sign unsure", 7), ("sign rf-stroke-signs", 5)))

    def test_fields_that_were_wrong_from_five_times_most_often_first(self):
        errors = {
            "form error phone": 6,
            "form error email": 9,
            "form error full_name": 4,
            "form error privacy_notice": 6,
        }
        self.assertEqual(self.use(errors=errors.items()).errors, (("email", 9), ("phone", 6), ("privacy_notice", 6)))
