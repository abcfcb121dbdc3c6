from datetime import UTC, date, datetime
from unittest import mock

from django.test import SimpleTestCase

from clinic.models import ClinicProfile
from tests import factories
from tests.therapies.test_publishing_review import Reviewed
from therapies import publishing
from therapies.library import current
from therapies.review_dates import next_due


class NextDue(SimpleTestCase):
    def test_is_always_the_same_for_a_page(self):
        dates = {next_due(date(2026, 1, 31), months=12, page="condition knee") for _ in range(3)}
        self.assertEqual(len(dates), 1)

    def test_is_spread_over_a_month(self):
        due = date(2027, 1, 31)
        spread = {(next_due(date(2026, 1, 31), months=12, page=f"page {n}") - due).days for n in range(500)}
        self.assertEqual((min(spread), max(spread), len(spread)), (-15, 15, 31))

    def test_comes_after_the_review_however_short_the_interval(self):
        self.assertTrue(all(next_due(date(2026, 1, 31), months=1, page=str(n)) > date(2026, 1, 31) for n in range(99)))

    def test_knows_short_months_and_turns_of_the_year(self):
        for reviewed_on, months, due in [
            (date(2026, 1, 31), 1, date(2026, 2, 28)),
            (date(2026, 12, 15), 12, date(2027, 12, 15)),
            (date(2026, 11, 30), 3, date(2027, 2, 28)),
            (date(2026, 12, 31), 36, date(2029, 12, 31)),
        ]:
            with self.subTest(f"{reviewed_on} + {months}"):
                moved = next_due(reviewed_on, months=months, page="x") - due
                self.assertEqual(moved, next_due(date(2026, 1, 1), months=1, page="x") - date(2026, 2, 1))


class ReviewDates(Reviewed):
    """What readers see of reviews: only a look at the whole of what is live moves it."""

    def release(self, day, **approval):
        """Approved on a day of 2026 and live at once; with another title each time, so that there is a change."""
        self.edit(title=f"Title {day}")
        with self.on(day):
            revision = self.passed()
            publishing.approve(revision, actor=self.clinician.user, **approval)
            return publishing.publish_approved(revision, actor=self.editor)

    def on(self, day):
        return mock.patch("django.utils.timezone.now", return_value=datetime(2026, 3, day, 12, tzinfo=UTC))

    def shown(self):
        page = current().page("condition", "example-condition")
        return page.reviewed_on, page.reviewed_by["name"], page.next_review_due

    def test_the_first_approval_is_a_review_of_the_whole_page(self):
        live = self.release(1)
        event = self.page.review_events.get()
        self.assertEqual((event.kind, event.revision, event.recorded_by), ("whole_page", live, self.clinician.user))
        self.assertEqual(event.outcome, "Approved revision 1.")
        self.assertEqual(self.shown(), (date(2026, 3, 1), "Example Clinician", event.next_due))
        self.assertLessEqual(abs((event.next_due - date(2027, 3, 1)).days), 15)

    def test_a_look_at_the_changes_moves_nothing(self):
        self.release(1)
        before = self.shown()
        self.release(2, whole_page=False)
        self.assertEqual(self.shown(), before)
        self.assertEqual([event.kind for event in self.page.review_events.all()], ["spot_check", "whole_page"])

    def test_an_approval_counts_once_it_is_live(self):
        self.release(1)
        before = self.shown()
        self.edit(title="Another title")
        with self.on(9):
            revision = self.approved()
        publishing.library_changed()
        self.assertEqual(self.shown(), before)
        publishing.publish_approved(revision, actor=self.editor)
        self.assertEqual(self.shown()[0], date(2026, 3, 9))
        self.assertNotEqual(self.shown()[2], before[2])

    def test_a_minor_correction_moves_nothing(self):
        self.release(1)
        before = self.shown()
        self.edit(summary="An exampel.")
        correction = publishing.pass_review(self.submit(is_minor_correction=True), actor=self.editor)
        publishing.publish_approved(correction, actor=self.editor)
        self.assertEqual(self.shown(), before)

    def test_a_recorded_review_moves_both_dates_and_names_who_did_it(self):
        self.release(1)
        other = factories.clinician(name="Another Clinician")
        with self.on(20):
            event = publishing.record_review(self.page, actor=other.user, kind="whole_page", outcome="Still right.")
        self.assertEqual(self.shown(), (date(2026, 3, 20), "Another Clinician", event.next_due))
        self.assertEqual(event.outcome, "Still right.")

    def test_a_spot_check_is_kept_and_moves_nothing(self):
        self.release(1)
        before = self.shown()
        for kind in ("evidence", "spot_check", "minor"):
            event = publishing.record_review(self.page, actor=self.clinician.user, kind=kind)
            self.assertEqual((event.kind, event.next_due), (kind, None))
        publishing.library_changed()
        self.assertEqual(self.shown(), before)

    def test_the_date_is_the_day_at_the_clinic(self):
        ClinicProfile.objects.create(name="Example Clinic", time_zone="Pacific/Auckland")
        self.release(1)
        self.assertEqual(self.shown()[0], date(2026, 3, 2))

    def test_a_review_of_what_no_clinician_approved_is_refused(self):
        factories.publish(self.page)
        said = "approve it instead of reviewing it"
        self.refuse(said, publishing.record_review, self.page, actor=self.clinician.user, kind="whole_page")

    def test_a_review_by_who_is_no_active_clinician_is_refused(self):
        self.release(1)
        for staff in (self.editor, factories.clinician(is_active=False).user):
            self.refuse("cannot approve", publishing.record_review, self.page, actor=staff, kind="whole_page")

    def test_a_whole_review_by_who_wrote_it_is_refused(self):
        self.release(1)
        clinician = factories.clinician(user=self.author)
        said = "helped to write this page"
        self.refuse(said, publishing.record_review, self.page, actor=clinician.user, kind="whole_page")
