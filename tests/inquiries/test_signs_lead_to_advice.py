"""Every warning sign of every region, ticked alone in the real form, leads to the advice of its level in its own words."""

import re

from django.urls import reverse
from django.utils.html import escape

from inquiries import questionnaire, safety
from tests.inquiries.journey import address, fill
from tests.inquiries.test_views import ADVICE, CHECK, ViewCase

HEADINGS = {"emergency": "<h1>Get help now</h1>", "urgent": "<h1>Speak to a doctor today</h1>"}
WHAT_TO_DO = {
    "emergency": "Call 911 or go to the emergency department now",
    "urgent": "See your own doctor or an urgent care clinic today",
}


class EachSignTests(ViewCase):
    def begin(self, region):
        """A new visitor, in front of the safety page."""
        self.client = self.client_class()
        fill(self.client, until="safety", where={"body_region": region})

    def advice_for(self, ticked):
        """The advice that comes after this answer."""
        self.assert_leads(self.client.post(address("safety"), {"safety": [ticked]}), ADVICE)
        return self.client.get(ADVICE).content.decode()

    def test_alone_it_leads_to_its_advice_in_the_persons_own_item(self):
        seen = 0
        for region, _ in questionnaire.REGIONS:
            self.begin(region)
            for sign in safety.signs_for(questionnaire.region({"body_region": region})):
                if sign.level not in safety.ALERTING:
                    continue
                with self.subTest(region=region, sign=sign.id):
                    page = self.advice_for(sign.id)
                    told = page.partition("Because you told us:")[2].partition("</ul>")[0]
                    self.assertEqual(re.findall("<li>(.*?)</li>", told), [escape(sign.question)])
                    self.assertIn(HEADINGS[sign.level], page)
                    self.assertIn(WHAT_TO_DO[sign.level], page)
                    self.assertIn('href="tel:911"', page)
                    seen += 1
        self.assertGreater(seen, 120)

    def test_not_being_sure_leads_to_advice_in_every_region(self):
        for region, _ in questionnaire.REGIONS:
            with self.subTest(region):
                self.begin(region)
                page = self.advice_for(questionnaire.NOT_SURE)
                self.assert_leads(self.client.get(address("pain")), ADVICE)  # there is no way past it unread
                self.assertIn(HEADINGS["urgent"], page)
                self.assertIn("You were not sure about one of the signs we asked about.", page)

    def test_a_sign_that_alerts_nobody_is_answered_on_the_check_page(self):
        for region in ("knee", "general", "other"):
            asked = safety.signs_for(questionnaire.region({"body_region": region}))
            calm = [sign for sign in asked if sign.level not in safety.ALERTING]
            self.assertTrue(calm)
            for sign in calm:
                with self.subTest(region=region, sign=sign.id):
                    fill(self.client, where={"body_region": region}, safety={"safety": [sign.id]})
                    page = self.client.get(reverse("inquiries:check"))
                    self.assertContains(page, "Talk to your doctor soon</h2>")
                    self.assertContains(page, escape(f"You told us: {sign.question} {sign.advice}"))

    def test_none_of_them_leads_to_no_advice(self):
        fill(self.client)
        self.assertNotContains(self.client.get(CHECK), "Talk to your doctor soon")
