"""The page of daily numbers."""

from datetime import timedelta

from django.utils import timezone

from clinic.models import ClinicProfile
from inquiries.models import DailyCounter
from tests.inquiries.test_admin import ROLES, AdminCase

PAGE = "/admin/inquiries/dailycounter/"


class CounterTests(AdminCase):
    def counted(self, name, *values):
        today = timezone.localdate(timezone=ClinicProfile.zone())
        for days, value in enumerate(values):
            DailyCounter.objects.create(date=today - timedelta(days=days), name=name, value=value)

    def shown(self):
        page = self.client.get(PAGE)
        return dict(page.context["funnel"]), [values for _, values in page.context["by_day"]]

    def test_shows_the_way_through_the_safety_questions(self):
        self.counted("safety shown", 41, 30)
        self.counted("safety flagged", 6)
        funnel, days = self.shown()
        self.assertEqual(funnel["Answered the safety questions"], "about 70")
        self.assertEqual(funnel["Were shown advice to get help"], "about 5")
        self.assertEqual(funnel["Left and cleared their answers"], "0")
        self.assertEqual(days, [["6", "41"], ["0", "30"]])

    def test_fields_that_were_wrong_and_signs_are_no_columns(self):
        self.counted("form started", 9)
        self.counted("sign unsure", 9)
        self.counted("form error email", 9)
        self.assertEqual(self.shown()[1], [["9"]])

    def test_a_small_number_is_told_nowhere(self):
        self.counted("safety flagged", 3, 21, 9)
        funnel, days = self.shown()
        self.assertEqual(days, [["fewer than 5"], ["21"], ["9"]])
        self.assertEqual(funnel["Were shown advice to get help"], "about 35")  # not 33, which tells the 3
        self.assertEqual(self.client.get(f"{PAGE}{DailyCounter.objects.first().pk}/change/").status_code, 403)

    def test_a_small_sum_is_not_told(self):
        self.counted("safety left", 1, 2)
        self.assertEqual(self.shown()[0]["Left and cleared their answers"], "fewer than 5")

    def test_ends_after_four_weeks(self):
        self.counted("safety shown", *[10] * 40)
        self.client.get(PAGE)
        self.assertEqual(len(self.shown()[1]), 28)

    def test_nothing_counted_is_said(self):
        self.assertContains(self.client.get(PAGE), "Nothing was counted yet.")

    def test_is_for_who_works_with_requests(self):
        for role in [*ROLES, "Editor", "Content author"]:
            self.sign_in(role)
            self.assertEqual(self.client.get(PAGE).status_code, 200 if role in ROLES else 403, role)

    def test_nothing_is_added_or_changed(self):
        self.assertEqual(self.client.post(f"{PAGE}add/", {"name": "x"}).status_code, 403)
