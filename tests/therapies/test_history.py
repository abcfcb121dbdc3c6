import datetime
from zoneinfo import ZoneInfo

from django.test import TestCase
from django.utils import timezone

from clinic.models import ClinicProfile
from tests import factories
from therapies import publishing
from therapies.library import current
from therapies.models import Revision

URL = "/conditions/example-condition/history/"


class ChangesTests(TestCase):
    """What the library holds of a page's published revisions."""

    @classmethod
    def setUpTestData(cls):
        cls.page = factories.condition(live=True)
        cls.clinician = factories.clinician()

    def changes(self):
        publishing.library_changed()
        return current().page("condition", "example-condition").changes

    def publish(self, note, **fields):
        return factories.publish(self.page, approved_by=self.clinician, change_note=note, **fields)

    def test_every_revision_that_was_ever_live_newest_first(self):
        self.publish("A row on pain.")
        self.publish("A row on function.")
        self.assertEqual(
            [(change.note, change.is_demonstration) for change in self.changes()],
            [("A row on function.", False), ("A row on pain.", False), ("First published.", True)],
        )

    def test_what_was_never_published_is_no_change(self):
        publishing.contributed(self.page, factories.staff())
        self.assertEqual(len(self.changes()), 1)

    def test_a_withdrawn_revision_stays_in_the_log_of_the_next(self):
        publishing.withdraw(self.page, actor=factories.staff())
        self.publish("Back again.")
        self.assertEqual([change.note for change in self.changes()], ["Back again.", "First published."])

    def test_a_minor_correction_is_marked(self):
        corrected = self.publish("A row on pain.")
        correction = self.publish("A comma.")
        Revision.objects.filter(pk=correction.pk).update(corrects=corrected)
        self.assertEqual([change.is_correction for change in self.changes()], [True, False, False])

    def test_a_real_site_lists_no_demonstration(self):
        self.publish("A row on pain.")
        ClinicProfile.objects.create(name="Clinic", is_demo=False)
        self.assertEqual([change.note for change in self.changes()], ["A row on pain."])

    def test_the_date_is_the_day_at_the_clinic(self):
        ClinicProfile.objects.create(name="Clinic", time_zone="America/Los_Angeles")
        late = datetime.datetime(2026, 3, 2, 3, tzinfo=datetime.UTC)  # still the evening before in California
        Revision.objects.update(published_at=late)
        self.assertEqual(self.changes()[0].published_on, datetime.date(2026, 3, 1))


class HistoryViewTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.page = factories.condition(live=True)
        factories.treatment(live=True)
        factories.publish(cls.page, change_note="<b>Bold</b> claims removed.")

    def test_tells_each_change_with_its_day_in_plain_text(self):
        response = self.client.get(URL)
        today = timezone.localdate(timezone=ZoneInfo(current().clinic.time_zone))  # the day on the clinic's wall
        self.assertContains(response, f'<time datetime="{today:%Y-%m-%d}">', 2)
        self.assertContains(response, "&lt;b&gt;Bold&lt;/b&gt; claims removed.")
        text = response.content.decode()
        self.assertLess(text.index("claims removed."), text.index("First published."))

    def test_says_what_is_a_demonstration(self):
        self.assertContains(self.client.get(URL), "Demonstration content, not reviewed by a clinician.", 2)

    def test_says_what_is_a_correction(self):
        words = "A correction of spelling or a link."
        self.assertNotContains(self.client.get(URL), words)
        first, second = Revision.objects.filter(page=self.page).order_by("number")
        Revision.objects.filter(pk=second.pk).update(corrects=first)
        publishing.library_changed()
        self.assertContains(self.client.get(URL), words, 1)

    def test_is_there_for_treatments_and_led_to_from_their_pages(self):
        for url in ("/conditions/example-condition/", "/treatments/example-treatment/"):
            with self.subTest(url):
                self.assertContains(self.client.get(url), f'href="{url}history/"')
                self.assertContains(self.client.get(f"{url}history/"), f'href="{url}"')

    def test_is_not_found_where_the_page_is_not(self):
        for url in (
            "/conditions/unknown/history/",
            "/treatments/example-condition/history/",
            "/conditions/x/history/",
        ):
            self.assertEqual(self.client.get(url).status_code, 404, url)

    def test_of_a_withdrawn_page_is_gone(self):
        publishing.withdraw(self.page, actor=factories.staff())
        self.assertEqual(self.client.get(URL).status_code, 410)
